// SPDX-License-Identifier: Apache-2.0
package bench;

import io.github.cardatagateway.v1.Event;

/** Does with an event what the README's first example does, but for printing it. */
final class Consumer {
  private int left;
  String vin;
  String descriptor;
  String raw;
  String unit;

  Consumer(int events) {
    left = events;
  }

  /** True for the last one. */
  boolean take(Event event) {
    vin = event.getVin();
    descriptor = event.getDescriptorId();
    raw = event.getRaw();
    unit = event.getUnit();
    return --left == 0;
  }
}
