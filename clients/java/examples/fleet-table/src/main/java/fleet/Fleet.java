// SPDX-License-Identifier: Apache-2.0
package fleet;

import com.google.protobuf.Timestamp;
import io.github.cardatagateway.Reconnecting;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.AccountRemoved;
import io.github.cardatagateway.v1.CaughtUp;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.Gap;
import io.github.cardatagateway.v1.Lag;
import io.github.cardatagateway.v1.Position;
import io.github.cardatagateway.v1.SubscribeRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** The tables of schema.sql. What is applied becomes visible, and lasts, by {@link #commit}. */
final class Fleet {
  private static final String SET_VALUE =
      """
      INSERT INTO fleet_value
        (account, vin, descriptor_id, raw, number, unit, measured, received, sequence)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (account, vin, descriptor_id) DO UPDATE SET
        raw = excluded.raw, number = excluded.number, unit = excluded.unit,
        measured = excluded.measured, received = excluded.received, sequence = excluded.sequence
      """;
  private static final String SET_VEHICLE =
      """
      INSERT INTO fleet_vehicle AS old (account, vin, latitude, longitude, seen, sequence, events)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (account, vin) DO UPDATE SET
        latitude = coalesce(excluded.latitude, old.latitude),
        longitude = coalesce(excluded.longitude, old.longitude),
        seen = greatest(excluded.seen, old.seen),
        sequence = greatest(excluded.sequence, old.sequence),
        events = old.events + excluded.events
      """;

  private final Connection connection;
  private final PreparedStatement setValue;
  private final PreparedStatement setVehicle;
  private final PreparedStatement setToken;
  private String token; // of the last commit
  private boolean opening; // what arrives now are current values

  Fleet(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute(schema());
      try (ResultSet row = statement.executeQuery("SELECT token FROM fleet_resume")) {
        row.next();
        token = row.getString(1);
      }
    }
    connection.commit();
    opening = token.isEmpty();
    setValue = connection.prepareStatement(SET_VALUE);
    setVehicle = connection.prepareStatement(SET_VEHICLE);
    setToken = connection.prepareStatement("UPDATE fleet_resume SET token = ? WHERE token = ?");
  }

  /** All vehicles, from where the tables end. */
  SubscribeRequest request() {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setPositions(true);
    if (!token.isEmpty()) {
      request.setResumeToken(token);
    }
    return request.build();
  }

  void apply(Update update) throws SQLException {
    Object value = update.value();
    if (value instanceof Event event) {
      apply(event, update.sequence());
    } else if (value instanceof Position at) {
      setVehicle.setDouble(3, at.getLatitude());
      setVehicle.setDouble(4, at.getLongitude());
      addVehicle(at.getAccount(), at.getVin(), at.getReceiveTime(), update.sequence(), 0);
    } else if (value instanceof CaughtUp) {
      opening = false;
    } else if (value instanceof Lag lag && lag.getMissedEntries() > 0) {
      opening = true;
      System.err.println("away for too long: the log has no longer " + lag.getMissedEntries());
    } else if (value instanceof AccountRemoved removed) {
      forget(removed.getAccount());
    } else if (value instanceof Gap gap) {
      System.err.println("lost: " + time(gap.getStartTime()) + " to " + time(gap.getEndTime()));
    } else if (value instanceof Reconnecting away) {
      System.err.println("the gateway is away; again in " + away.delay());
    }
  }

  private void apply(Event event, long sequence) throws SQLException {
    if (!event.getLate()) {
      setValue.setString(1, event.getAccount());
      setValue.setString(2, event.getVin());
      setValue.setString(3, event.getDescriptorId());
      setValue.setString(4, event.getRaw().replace("\0", "\\0")); // which no text of its may have
      Double number = event.getValue().hasNumber() ? event.getValue().getNumber() : null;
      setValue.setObject(5, number, Types.DOUBLE);
      setValue.setString(6, event.getUnit());
      setValue.setObject(7, event.hasMeasureTime() ? time(event.getMeasureTime()) : null);
      setValue.setObject(8, time(event.getReceiveTime()));
      setValue.setLong(9, sequence);
      setValue.addBatch();
    }
    setVehicle.setNull(3, Types.DOUBLE);
    setVehicle.setNull(4, Types.DOUBLE);
    // A current value is how things are, and may be given again. What follows is what happens.
    int events = opening ? 0 : 1;
    addVehicle(event.getAccount(), event.getVin(), event.getReceiveTime(), sequence, events);
  }

  private void addVehicle(String account, String vin, Timestamp seen, long sequence, int events)
      throws SQLException {
    setVehicle.setString(1, account);
    setVehicle.setString(2, vin);
    setVehicle.setObject(5, time(seen));
    setVehicle.setLong(6, sequence);
    setVehicle.setInt(7, events);
    setVehicle.addBatch();
  }

  private void forget(String account) throws SQLException {
    execute();
    for (String table : new String[] {"fleet_value", "fleet_vehicle"}) {
      try (PreparedStatement delete =
          connection.prepareStatement("DELETE FROM " + table + " WHERE account = ?")) {
        delete.setString(1, account);
        delete.executeUpdate();
      }
    }
  }

  private void execute() throws SQLException {
    setValue.executeBatch();
    setVehicle.executeBatch();
  }

  /** Makes what was applied last, together with the token of the last of it. */
  void commit(String next) throws SQLException {
    // A token from among the current values would begin with them again. So they are one
    // transaction, and who is ended in it begins anew.
    if (opening) {
      execute();
      return;
    }
    setToken.setString(1, next);
    setToken.setString(2, token);
    // Two that write to the same tables would count everything twice. So might one that was killed
    // when its last commit was on the way, and the one that was started in its place. The token
    // comes first, so that the others wait here, and not for each other's rows.
    if (setToken.executeUpdate() == 0) {
      connection.rollback();
      throw new IllegalStateException("another process has gone on with these tables");
    }
    execute();
    connection.commit();
    token = next;
  }

  private static OffsetDateTime time(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos()).atOffset(ZoneOffset.UTC);
  }

  private static String schema() {
    try (InputStream file = Fleet.class.getResourceAsStream("schema.sql")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
