insert into operator_orders (kind, about, subject, given_by, reason, key_id, given_at)
values (%(kind)s, %(about)s, %(subject)s, %(by)s, %(reason)s, %(key_id)s, %(given_at)s)
returning seq;
