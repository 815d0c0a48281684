// SPDX-License-Identifier: Apache-2.0
package example;

import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.CarDataError;
import io.github.cardatagateway.Reasons;
import io.github.cardatagateway.v1.GetVehicleRequest;
import io.grpc.StatusRuntimeException;

/** Tells one failure from the other. */
public final class Errors {
  private Errors() {}

  public static void describe(CarDataClient client, String vin) {
    GetVehicleRequest request = GetVehicleRequest.newBuilder().setVin(vin).build();
    try {
      System.out.println(client.vehicles().getVehicle(request).getVehicle().getModelName());
    } catch (StatusRuntimeException thrown) {
      CarDataError error = CarDataError.of(thrown);
      switch (error.reason()) {
        case Reasons.QUOTA_EXHAUSTED -> System.out.println("again in " + error.retryDelay());
        case Reasons.LOGIN_REQUIRED -> System.out.println(error.metadata().get("account"));
        default -> System.out.println(error.code() + " " + error.reason() + " " + error.message());
      }
    }
  }
}
