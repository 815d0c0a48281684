// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.QuotaFailure;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the gateway says of a failed call.
 *
 * @param code gRPC's code
 * @param message for a person: what was wrong, and what to do
 * @param reason for a program: one of {@link Reasons}, or one that only a newer gateway knows;
 *     empty if the error is not the gateway's own
 * @param metadata of the reason, as {@link Reasons} says
 * @param retryDelay how long to wait before trying again; empty if the gateway did not say
 * @param fieldViolations which fields of the request are wrong
 * @param quotaViolations which limits are reached
 */
public record CarDataError(
    Status.Code code,
    String message,
    String reason,
    Map<String, String> metadata,
    Optional<Duration> retryDelay,
    List<BadRequest.FieldViolation> fieldViolations,
    List<QuotaFailure.Violation> quotaViolations) {

  private static final String DOMAIN = "cardata-gateway";
  private static final List<Class<? extends Message>> DETAILS =
      List.of(ErrorInfo.class, RetryInfo.class, BadRequest.class, QuotaFailure.class);

  /**
   * Reads an error out of what a call threw.
   *
   * @param thrown a {@code StatusRuntimeException} or {@code StatusException}, or whatever was
   *     caused by one
   * @return the error; of anything else UNKNOWN with its message
   */
  public static CarDataError of(Throwable thrown) {
    Status status = Status.fromThrowable(thrown);
    String message = status.getDescription();
    if (message == null) {
      Throwable cause = status.getCause() == null ? thrown : status.getCause();
      message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
    ErrorInfo info = ErrorInfo.getDefaultInstance();
    Optional<Duration> retryDelay = Optional.empty();
    List<BadRequest.FieldViolation> fields = List.of();
    List<QuotaFailure.Violation> quotas = List.of();
    for (Any detail : details(thrown)) {
      Message unpacked = unpacked(detail);
      if (unpacked instanceof ErrorInfo found && found.getDomain().equals(DOMAIN)) {
        info = found;
      } else if (unpacked instanceof RetryInfo found) {
        retryDelay = Durations.of(found.getRetryDelay());
      } else if (unpacked instanceof BadRequest found) {
        fields = found.getFieldViolationsList();
      } else if (unpacked instanceof QuotaFailure found) {
        quotas = found.getViolationsList();
      }
    }
    return new CarDataError(
        status.getCode(),
        message,
        info.getReason(),
        info.getMetadataMap(),
        retryDelay,
        fields,
        quotas);
  }

  private static List<Any> details(Throwable thrown) {
    try {
      com.google.rpc.Status rich = StatusProto.fromThrowable(thrown);
      return rich == null ? List.of() : rich.getDetailsList();
    } catch (IllegalArgumentException notAStatus) {
      return List.of();
    }
  }

  private static Message unpacked(Any detail) {
    try {
      for (Class<? extends Message> type : DETAILS) {
        if (detail.is(type)) {
          return detail.unpack(type);
        }
      }
    } catch (InvalidProtocolBufferException damaged) {
      // As one that is not known.
    }
    return detail;
  }
}
