-- finds: no pattern names payments.a.b alone
-- finds: no pattern names payments.tmp_% alone
-- both
CREATE TABLE payments."a.b" (id int PRIMARY KEY);
ALTER TABLE payments."a.b" OWNER TO owner;
CREATE TABLE payments."tmp_%" (id int PRIMARY KEY);
ALTER TABLE payments."tmp_%" OWNER TO owner;
CREATE TABLE payments."Größe mit Leerzeichen" (id int PRIMARY KEY);
ALTER TABLE payments."Größe mit Leerzeichen" OWNER TO owner;
