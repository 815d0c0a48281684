-- SPDX-License-Identifier: Apache-2.0
-- Notes whatever is done to the fleet's tables, in the transaction in which it is done.
CREATE TABLE audit_vehicle (id bigserial, vin text, sequence bigint, counted bigint);
CREATE FUNCTION note_vehicle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_vehicle (vin, sequence, counted) VALUES (NEW.vin, NEW.sequence, NEW.events - coalesce(OLD.events, 0));
  RETURN NEW;
END $$;
CREATE TRIGGER note_vehicle AFTER INSERT OR UPDATE ON fleet_vehicle FOR EACH ROW EXECUTE FUNCTION note_vehicle();

CREATE TABLE audit_value (sequence bigint, descriptor_id text, raw text, measured text);
CREATE FUNCTION note_value() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO audit_value
  VALUES (NEW.sequence, NEW.descriptor_id, NEW.raw, to_char(NEW.measured AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'));
  RETURN NEW;
END $$;
CREATE TRIGGER note_value AFTER INSERT OR UPDATE ON fleet_value FOR EACH ROW EXECUTE FUNCTION note_value();
