// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.cardatagateway.v1.SubscribeResponse;
import io.grpc.Detachable;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReceivedTest {
  /** A transport's buffer; gRPC closes the stream itself, and whoever detaches it what he got. */
  private static final class Buffer extends ByteArrayInputStream implements Detachable {
    int detached;
    int closed;

    Buffer(byte[] bytes) {
      super(bytes);
    }

    @Override
    public InputStream detach() {
      detached++;
      return this;
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private final SubscribeResponse small = Responses.events(1, 2);
  private final SubscribeResponse large =
      Responses.events(LongStream.rangeClosed(1, 2000).toArray());

  @Test
  void parsesASmallOneAtOnce() {
    Buffer buffer = new Buffer(small.toByteArray());
    Received received = Received.SUBSCRIBE.parseResponse(buffer);
    assertEquals(small, received.parsed());
    assertEquals(small, received.read());
    received.close();
    assertEquals(0, buffer.detached + buffer.closed, "gRPC does that");
  }

  @Test
  void parsesALargeOneWhenItIsRead() {
    Buffer buffer = new Buffer(large.toByteArray());
    Received received = Received.SUBSCRIBE.parseResponse(buffer);
    assertNull(received.parsed());
    assertEquals(1, buffer.detached);
    assertEquals(0, buffer.closed);
    assertEquals(large, received.read());
    assertEquals(1, buffer.closed);
  }

  @Test
  void givesTheMemoryOfALargeOneBackThatIsNotRead() {
    Buffer buffer = new Buffer(large.toByteArray());
    Received.SUBSCRIBE.parseResponse(buffer).close();
    assertEquals(1, buffer.closed);
  }

  @Test
  void givesTheMemoryOfAMalformedOneBack() {
    byte[] bytes = large.toByteArray();
    bytes[0] = 7; // there is no such wire type
    Buffer buffer = new Buffer(bytes);
    Received received = Received.SUBSCRIBE.parseResponse(buffer);
    assertEquals(
        Status.Code.INTERNAL,
        assertThrows(StatusRuntimeException.class, received::read).getStatus().getCode());
    assertEquals(1, buffer.closed);
  }

  @Test
  void parsesALargeOneAtOnceThatTheTransportKeeps() {
    Received received =
        Received.SUBSCRIBE.parseResponse(new ByteArrayInputStream(large.toByteArray()));
    assertEquals(large, received.parsed());
  }
}
