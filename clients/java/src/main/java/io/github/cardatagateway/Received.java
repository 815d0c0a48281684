// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.github.cardatagateway.v1.TelematicsServiceGrpc;
import io.grpc.Detachable;
import io.grpc.MethodDescriptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A response as it arrived. A small one is parsed at once. A large one, which is thousands of
 * events, is parsed by its reader, and until then stays in the buffers of the transport, outside of
 * the heap: several of them parsed ahead are what the garbage collector would copy all the time.
 *
 * <p>It is read or closed, by one thread.
 */
final class Received implements AutoCloseable {
  /** Subscribe, but for what becomes of its responses. */
  static final MethodDescriptor<SubscribeRequest, Received> SUBSCRIBE =
      TelematicsServiceGrpc.getSubscribeMethod().toBuilder(
              TelematicsServiceGrpc.getSubscribeMethod().getRequestMarshaller(),
              new ReceivedMarshaller())
          .build();

  private static final int LARGE = 16 << 10; // bytes

  private final SubscribeResponse parsed; // either this
  private final InputStream unparsed; // or that

  private Received(SubscribeResponse parsed, InputStream unparsed) {
    this.parsed = parsed;
    this.unparsed = unparsed;
  }

  /** Null if it is a large one. */
  SubscribeResponse parsed() {
    return parsed;
  }

  /** Throws a StatusRuntimeException if it is malformed. */
  SubscribeResponse read() {
    if (parsed != null) {
      return parsed;
    }
    try (this) {
      return parse(unparsed);
    }
  }

  @Override
  public void close() {
    if (unparsed == null) {
      return;
    }
    try {
      unparsed.close();
    } catch (IOException cannotBe) {
      throw new UncheckedIOException(cannotBe); // it is memory
    }
  }

  private static SubscribeResponse parse(InputStream stream) {
    return TelematicsServiceGrpc.getSubscribeMethod().parseResponse(stream);
  }

  private static final class ReceivedMarshaller implements MethodDescriptor.Marshaller<Received> {
    @Override
    public Received parse(InputStream stream) {
      return stream instanceof Detachable transport && isLarge(stream)
          ? new Received(null, transport.detach())
          : new Received(Received.parse(stream), null);
    }

    private static boolean isLarge(InputStream stream) {
      try {
        return stream.available() >= LARGE;
      } catch (IOException cannotBe) {
        throw new UncheckedIOException(cannotBe);
      }
    }

    @Override
    public InputStream stream(Received response) {
      throw new UnsupportedOperationException("a client sends no responses");
    }
  }
}
