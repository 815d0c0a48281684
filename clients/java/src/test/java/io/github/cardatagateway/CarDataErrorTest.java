// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CarDataErrorTest {
  private static final ErrorInfo QUOTA =
      ErrorInfo.newBuilder()
          .setDomain("cardata-gateway")
          .setReason(Reasons.QUOTA_EXHAUSTED)
          .putMetadata("account", "home")
          .build();

  private static StatusRuntimeException error(Any... details) {
    return StatusProto.toStatusRuntimeException(
        com.google.rpc.Status.newBuilder()
            .setCode(Code.RESOURCE_EXHAUSTED_VALUE)
            .setMessage("spent; wait until midnight")
            .addAllDetails(List.of(details))
            .build());
  }

  private static StatusRuntimeException error(Message... details) {
    Any[] packed = new Any[details.length];
    for (int i = 0; i < details.length; i++) {
      packed[i] = Any.pack(details[i]);
    }
    return error(packed);
  }

  private static RetryInfo retry(long seconds, int nanos) {
    return RetryInfo.newBuilder()
        .setRetryDelay(
            com.google.protobuf.Duration.newBuilder().setSeconds(seconds).setNanos(nanos))
        .build();
  }

  @Test
  void hasAllThatTheGatewaySays() {
    BadRequest.FieldViolation field =
        BadRequest.FieldViolation.newBuilder().setField("vin").setDescription("is short").build();
    QuotaFailure.Violation quota =
        QuotaFailure.Violation.newBuilder().setSubject("account:home").build();
    CarDataError error =
        CarDataError.of(
            error(
                QUOTA,
                retry(90, 500_000_000),
                BadRequest.newBuilder().addFieldViolations(field).build(),
                QuotaFailure.newBuilder().addViolations(quota).build()));

    assertEquals(
        new CarDataError(
            Status.Code.RESOURCE_EXHAUSTED,
            "spent; wait until midnight",
            Reasons.QUOTA_EXHAUSTED,
            Map.of("account", "home"),
            Optional.of(Duration.ofMillis(90_500)),
            List.of(field),
            List.of(quota)),
        error);
  }

  @Test
  void isFoundBehindWhatItCaused() {
    assertEquals(
        Reasons.QUOTA_EXHAUSTED,
        CarDataError.of(new IOException("loop", new RuntimeException(error(QUOTA)))).reason());
  }

  @Test
  void handsOnAReasonOfANewerGateway() {
    ErrorInfo newer = QUOTA.toBuilder().setReason("TOO_LATE").build();
    assertEquals("TOO_LATE", CarDataError.of(error(newer)).reason());
  }

  @Test
  void doesNotTakeSomebodyElsesReasonForTheGateways() {
    ErrorInfo mesh = ErrorInfo.newBuilder().setDomain("mesh").setReason("LIMIT").build();
    assertEquals("", CarDataError.of(error(mesh)).reason());
    assertEquals(Reasons.QUOTA_EXHAUSTED, CarDataError.of(error(QUOTA, mesh)).reason());
  }

  @Test
  void leavesOutDamagedDetails() {
    Any damaged =
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/google.rpc.RetryInfo")
            .setValue(ByteString.copyFromUtf8("\u0007no proto"))
            .build();
    CarDataError error = CarDataError.of(error(damaged, Any.pack(QUOTA)));
    assertEquals(Optional.empty(), error.retryDelay());
    assertEquals(Reasons.QUOTA_EXHAUSTED, error.reason());
  }

  @Test
  void survivesDetailsThatAreNoStatus() {
    Metadata trailers = new Metadata();
    trailers.put(
        Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER),
        "\u0007no proto".getBytes(StandardCharsets.UTF_8));
    CarDataError error =
        CarDataError.of(Status.UNAVAILABLE.withDescription("gone").asRuntimeException(trailers));
    assertEquals(Status.Code.UNAVAILABLE, error.code());
    assertEquals("gone", error.message());
    assertEquals("", error.reason());
  }

  @Test
  void leavesOutSpansOfTimeThatAreNone() {
    assertEquals(Optional.empty(), CarDataError.of(error(retry(-1, 0))).retryDelay());
    assertEquals(Optional.empty(), CarDataError.of(error(retry(Long.MAX_VALUE, 0))).retryDelay());
  }

  @Test
  void hasNoReasonWhereThereIsNone() {
    CarDataError error = CarDataError.of(Status.DEADLINE_EXCEEDED.asException());
    assertEquals(Status.Code.DEADLINE_EXCEEDED, error.code());
    assertEquals("DEADLINE_EXCEEDED", error.message());
    assertEquals("", error.reason());
    assertEquals(Map.of(), error.metadata());
    assertEquals(Optional.empty(), error.retryDelay());
  }

  @Test
  void ofAnythingElseIsUnknown() {
    CarDataError error = CarDataError.of(new IOException("disk full"));
    assertEquals(Status.Code.UNKNOWN, error.code());
    assertEquals("disk full", error.message());
    assertEquals(
        "java.lang.IllegalStateException", CarDataError.of(new IllegalStateException()).message());
  }
}
