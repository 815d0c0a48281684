// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static io.github.cardatagateway.Responses.events;

import io.github.cardatagateway.v1.SubscribeRequest;
import io.grpc.Status;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.tck.TestEnvironment;
import org.reactivestreams.tck.flow.FlowPublisherVerification;
import org.testng.annotations.Test;

/** The publisher against the verification of the Reactive Streams' own makers. */
class ReactiveStreamsTest {
  /**
   * Those that verify nothing, those that need a publisher which ends by itself, and those of
   * requests for less than one, which take 20 s each. PublisherTest has what they are about.
   */
  private static final Pattern OTHERS =
      Pattern.compile(
          "untested|createPublisher|spec10[2357]|OneByOne|AsExpected|PendingElementCount|spec309");

  private final FakeGateway gateway = new FakeGateway();
  private final CarDataClient client = CarDataClient.connect(gateway.target());

  @AfterEach
  void close() {
    client.close();
    gateway.close();
  }

  private final class Verification extends FlowPublisherVerification<Update> {
    // What must come may take long on a busy machine; how long nothing must come costs time in each
    // test.
    Verification() {
      super(new TestEnvironment(20_000, 50), 1000);
    }

    @Override
    public Flow.Publisher<Update> createFlowPublisher(long elements) {
      return answeredBy(
          stream -> {
            for (long i = 1; i <= Math.min(elements, 5000); i++) {
              stream.send(events(i));
            }
          });
    }

    @Override
    public Flow.Publisher<Update> createFailedFlowPublisher() {
      return answeredBy(stream -> stream.fail(Status.UNAUTHENTICATED));
    }

    @Override
    public long maxElementsFromPublisher() {
      return publisherUnableToSignalOnComplete();
    }
  }

  private Flow.Publisher<Update> answeredBy(Consumer<FakeGateway.Stream> answer) {
    gateway.answer(answer);
    return client.publisher(SubscribeRequest.getDefaultInstance());
  }

  @TestFactory
  Stream<DynamicTest> verifies() {
    return Arrays.stream(FlowPublisherVerification.class.getMethods())
        .filter(method -> method.isAnnotationPresent(Test.class))
        .filter(method -> !OTHERS.matcher(method.getName()).find())
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> verify(method)));
  }

  private void verify(Method method) throws Throwable {
    Verification verification = new Verification();
    verification.setUp();
    try {
      method.invoke(verification);
    } catch (InvocationTargetException failed) {
      throw failed.getCause();
    }
  }
}
