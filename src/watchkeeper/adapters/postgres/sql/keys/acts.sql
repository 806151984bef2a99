select key_id, act, by, reason, at
from api_key_acts
order by act_id;
