lock table api_key_acts in exclusive mode;
