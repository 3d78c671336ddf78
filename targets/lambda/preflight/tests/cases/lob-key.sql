-- Also as a part of a key, and below a domain.
-- finds: the primary key of payments.card has a column that DMS carries as an object: token
-- finds: the primary key of payments.word has a column that DMS carries as an object: code
-- both
CREATE DOMAIN payments.code AS text;
CREATE TABLE payments.card (id int, token text, PRIMARY KEY (token, id));
ALTER TABLE payments.card OWNER TO owner;
CREATE TABLE payments.word (code payments.code PRIMARY KEY);
ALTER TABLE payments.word OWNER TO owner;
CREATE TABLE payments.currency (code char(3), name varchar(40), note text UNIQUE, PRIMARY KEY (code, name));
ALTER TABLE payments.currency OWNER TO owner;
