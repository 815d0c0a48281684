// SPDX-License-Identifier: Apache-2.0
package conformance;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.github.cardatagateway.CarDataClient;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/** A call of one of the client's stubs, such as vehicles.GetVehicle, by its name. */
record Call(String name, AbstractStub<?> stub, Method method, Message request) implements Runnable {

  static void start(CarDataClient client, String name, JsonObject what)
      throws ReflectiveOperationException, InvalidProtocolBufferException {
    String[] place = what.get("method").getAsString().split("\\.");
    Object service = CarDataClient.class.getMethod(place[0]).invoke(client);
    AbstractStub<?> stub = (AbstractStub<?>) service;
    if (what.has("deadline")) {
      long milliseconds = Math.round(what.get("deadline").getAsDouble() * 1000);
      stub = stub.withDeadlineAfter(milliseconds, TimeUnit.MILLISECONDS);
    }
    String rpc = place[1].substring(0, 1).toLowerCase() + place[1].substring(1);
    Method method =
        Arrays.stream(stub.getClass().getMethods())
            .filter(candidate -> candidate.getName().equals(rpc))
            .findAny()
            .orElseThrow(() -> new IllegalArgumentException("there is no method " + rpc));
    Class<?> type = method.getParameterTypes()[0];
    Message.Builder request = (Message.Builder) type.getMethod("newBuilder").invoke(null);
    JsonFormat.parser().merge(what.get("request").toString(), request);
    new Thread(new Call(name, stub, method, request.build()), name).start();
  }

  @Override
  public void run() {
    try {
      Object answer = answer();
      if (answer instanceof Iterator<?> responses) {
        responses.forEachRemaining(response -> Line.response(name, (Message) response).tell());
      } else {
        Line.response(name, (Message) answer).tell();
      }
      Line.ended(name).tell();
    } catch (StatusRuntimeException error) {
      Line.ended(name, error).tell();
    }
  }

  private Object answer() {
    try {
      return method.invoke(stub, request);
    } catch (InvocationTargetException thrown) {
      if (thrown.getCause() instanceof StatusRuntimeException error) {
        throw error;
      }
      throw new IllegalStateException(thrown);
    } catch (IllegalAccessException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
