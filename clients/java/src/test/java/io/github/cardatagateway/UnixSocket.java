// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A Unix socket in front of a port of this machine's, for one connection. */
final class UnixSocket implements AutoCloseable {
  private final ServerSocketChannel listener =
      ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  private final int port;

  UnixSocket(Path path, int port) throws IOException {
    this.port = port;
    listener.bind(UnixDomainSocketAddress.of(path));
    run(this::relay);
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }

  private interface Copying {
    void run() throws IOException;
  }

  private static void run(Copying copying) {
    new Thread(
            () -> {
              try {
                copying.run();
              } catch (IOException ended) {
                // One of the two has gone, and so does the other.
              }
            })
        .start();
  }

  private void relay() throws IOException {
    try (SocketChannel near = listener.accept();
        SocketChannel far =
            SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      run(() -> copy(far, near));
      copy(near, far);
    }
  }

  private static void copy(SocketChannel from, SocketChannel to) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    while (from.read(buffer) >= 0) {
      buffer.flip();
      while (buffer.hasRemaining()) {
        to.write(buffer);
      }
      buffer.clear();
    }
    to.shutdownOutput();
  }
}
