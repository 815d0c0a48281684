-- SPDX-License-Identifier: Apache-2.0

-- The last value of each descriptor of each vehicle.
CREATE TABLE IF NOT EXISTS fleet_value (
  account text NOT NULL,
  vin text NOT NULL,
  descriptor_id text NOT NULL,
  raw text NOT NULL,        -- as BMW wrote it
  number double precision,  -- where it is one
  unit text NOT NULL,
  measured timestamptz,
  received timestamptz NOT NULL,
  sequence bigint NOT NULL, -- the number of its entry in the gateway's log
  PRIMARY KEY (account, vin, descriptor_id)
);

-- Where each vehicle is, and how many events it sent since the table was begun: a count is wrong as soon as one event is applied
-- twice or never.
CREATE TABLE IF NOT EXISTS fleet_vehicle (
  account text NOT NULL,
  vin text NOT NULL,
  latitude double precision,
  longitude double precision,
  seen timestamptz NOT NULL,
  sequence bigint NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (account, vin)
);

-- One row: up to where in the gateway's log the tables above have everything. Empty: they have nothing yet.
CREATE TABLE IF NOT EXISTS fleet_resume (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  token text NOT NULL DEFAULT ''
);
INSERT INTO fleet_resume DEFAULT VALUES ON CONFLICT DO NOTHING;

-- A row for each vehicle, for people.
CREATE OR REPLACE VIEW fleet AS
SELECT account, vin,
  max(number) FILTER (WHERE descriptor_id = 'vehicle.drivetrain.batteryManagement.header') AS charge_percent,
  max(number) FILTER (WHERE descriptor_id = 'vehicle.drivetrain.fuelSystem.level') AS fuel_percent,
  max(number) FILTER (WHERE descriptor_id = 'vehicle.vehicle.travelledDistance') AS odometer,
  max(unit) FILTER (WHERE descriptor_id = 'vehicle.vehicle.travelledDistance') AS odometer_unit,
  max(raw) FILTER (WHERE descriptor_id = 'vehicle.drivetrain.electricEngine.charging.hvStatus') AS charging,
  latitude, longitude, seen, events
FROM fleet_vehicle JOIN fleet_value USING (account, vin)
GROUP BY account, vin;
