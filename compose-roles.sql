-- Run once, as the superuser, when the database of compose.yaml is made: two roles, of which the one
-- that serves owns nothing. Only an owner or a superuser can switch a trigger off, so the triggers that
-- keep the ledger and the audit log append-only bind the service and whoever gets hold of its password.
\getenv owner_password ICR_OWNER_PASSWORD
\getenv service_password ICR_SERVICE_PASSWORD
CREATE ROLE icr_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE icr LOGIN PASSWORD :'service_password';
REVOKE ALL ON DATABASE icr FROM PUBLIC;
GRANT CONNECT ON DATABASE icr TO icr_owner, icr;
-- icr verify runs the migrations in a schema of its own, which is rolled back, to compare.
GRANT CREATE ON DATABASE icr TO icr_owner;
-- What icr migrate makes belongs to icr_owner, and icr may read and write its rows.
ALTER SCHEMA public OWNER TO icr_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO icr;
ALTER DEFAULT PRIVILEGES FOR ROLE icr_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO icr;
ALTER DEFAULT PRIVILEGES FOR ROLE icr_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO icr;
