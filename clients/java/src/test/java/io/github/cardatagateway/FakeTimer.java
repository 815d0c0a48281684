// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Time that passes when a test says so. */
final class FakeTimer implements Timer {
  private record Task(long at, Runnable body) {}

  private final List<Task> tasks = new ArrayList<>();
  private long now;

  @Override
  public synchronized long now() {
    return now;
  }

  @Override
  public synchronized Runnable after(Duration delay, Runnable body) {
    Task task = new Task(now + delay.toNanos(), body);
    tasks.add(task);
    return () -> {
      synchronized (this) {
        tasks.remove(task);
      }
    };
  }

  synchronized int pending() {
    return tasks.size();
  }

  /** Runs what falls due meanwhile, on this thread and in order. */
  void pass(Duration duration) {
    long end = now() + duration.toNanos();
    for (Task task = takeUntil(end); task != null; task = takeUntil(end)) {
      task.body.run();
    }
    synchronized (this) {
      now = end;
    }
  }

  private synchronized Task takeUntil(long end) {
    Task first = tasks.stream().min(Comparator.comparingLong(Task::at)).orElse(null);
    if (first == null || first.at > end) {
      return null;
    }
    tasks.remove(first);
    now = Math.max(now, first.at);
    return first;
  }
}
