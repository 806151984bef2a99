lock table operator_orders in exclusive mode;
