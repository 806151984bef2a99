select coalesce(max(act_id), 0) from api_key_acts;
