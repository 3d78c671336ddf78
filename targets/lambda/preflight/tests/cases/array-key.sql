-- finds: payments.tagged has an array and no primary key: tags
-- finds replica-identity: the replica identity of payments.tagged on the source does not name its rows
-- finds replica-identity: the replica identity of payments.tagged on the target does not name its rows
-- both
CREATE TABLE payments.tagged (id int NOT NULL UNIQUE, tags text[]);
ALTER TABLE payments.tagged OWNER TO owner;
