// SPDX-License-Identifier: Apache-2.0
package fleet;

import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.CarDataError;
import io.github.cardatagateway.Update;
import io.grpc.StatusRuntimeException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * Keeps tables of a fleet current in PostgreSQL, and applies every event exactly once: the resume
 * token is in the same transaction as what came before it.
 *
 * <p>It may be ended at any moment, by kill -9 too, and goes on where it was. An error of the
 * database ends it; let whatever runs it start it again.
 */
public final class FleetTable {
  /** As many updates are worth a commit of their own, though more are waiting. */
  private static final int FULL_BATCH = 2000;

  private FleetTable() {}

  public static void main(String[] arguments) throws SQLException, InterruptedException {
    if (arguments.length != 2) {
      System.err.println("give the gateway's address and a JDBC URL, such as");
      System.err.println("  localhost:9610 'jdbc:postgresql://localhost/fleet?user=fleet'");
      System.exit(2);
    }
    try (Connection connection = DriverManager.getConnection(arguments[1]);
        CarDataClient client = CarDataClient.connect(arguments[0])) {
      Fleet fleet = new Fleet(connection);
      Inbox inbox = new Inbox();
      client.publisher(fleet.request()).subscribe(inbox);
      keepCurrent(fleet, inbox);
    } catch (StatusRuntimeException refused) {
      CarDataError error = CarDataError.of(refused);
      System.err.println("the gateway refuses: " + error.message() + " (" + error.reason() + ")");
      System.exit(1);
    }
  }

  /** Does not return. Commits when nothing waits, and under load when the batch is full. */
  private static void keepCurrent(Fleet fleet, Inbox inbox)
      throws SQLException, InterruptedException {
    int batch = 0;
    while (true) {
      Update update = inbox.take();
      fleet.apply(update);
      batch++;
      // Only the last update of what the gateway sent together has a token, and only there may a
      // transaction end.
      if (!update.resumeToken().isEmpty() && (batch >= FULL_BATCH || inbox.isEmpty())) {
        fleet.commit(update.resumeToken());
        batch = 0;
      }
    }
  }
}
