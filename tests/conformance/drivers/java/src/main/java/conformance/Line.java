// SPDX-License-Identifier: Apache-2.0
package conformance;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.github.cardatagateway.CarDataError;
import io.github.cardatagateway.Reconnecting;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.Entry;
import java.util.HexFormat;
import java.util.Map;

/** One line of the output. */
record Line(String name, String kind, JsonElement value, long sequence, String token) {
  private static final Gson JSON = new GsonBuilder().serializeNulls().create();

  static Line of(String name, Update update) {
    Object value = update.value();
    JsonElement told;
    if (value instanceof Reconnecting away) {
      Map<String, ?> error = errorAsValue(CarDataError.of(away.error()));
      told = JSON.toJsonTree(Map.of("error", error, "attempt", away.attempt()));
    } else if (value instanceof Entry entry) {
      told = JSON.toJsonTree(Map.of("bytes", HexFormat.of().formatHex(entry.toByteArray())));
    } else {
      told = json((Message) value);
    }
    String type = value.getClass().getSimpleName();
    String kind = type.substring(0, 1).toLowerCase() + type.substring(1);
    return new Line(name, kind, told, update.sequence(), update.resumeToken());
  }

  static Line response(String name, Message response) {
    return new Line(name, "response", json(response), 0, "");
  }

  static Line ended(String name) {
    return new Line(name, "ended", JsonNull.INSTANCE, 0, "");
  }

  static Line ended(String name, Throwable error) {
    JsonElement value = JSON.toJsonTree(errorAsValue(CarDataError.of(error)));
    return new Line(name, "ended", value, 0, "");
  }

  void tell() {
    String text = JSON.toJson(this);
    synchronized (Line.class) {
      System.out.println(text);
      System.out.flush();
    }
  }

  private static JsonElement json(Message message) {
    try {
      return JsonParser.parseString(JsonFormat.printer().print(message));
    } catch (InvalidProtocolBufferException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Map<String, ?> errorAsValue(CarDataError error) {
    return Map.of(
        "code", error.code().name(),
        "reason", error.reason(),
        "message", error.message(),
        "metadata", error.metadata(),
        "retryDelay", error.retryDelay().map(delay -> delay.toMillis() / 1000.0).orElse(0.0),
        "fields", error.fieldViolations().stream().map(one -> one.getField()).toList(),
        "quotas", error.quotaViolations().stream().map(one -> one.getSubject()).toList());
  }
}
