// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.StatusRuntimeException;
import java.time.Duration;

/**
 * A subscription's stream ended, and will be asked for again. Nothing is lost by that: the next one
 * begins where this one ended.
 *
 * @param error why; UNAVAILABLE where the gateway ended the stream without an error, or was silent
 *     for too long
 * @param attempt which attempt the next one is, counted from 1 since the gateway last sent
 *     something
 * @param delay how long until then
 */
public record Reconnecting(StatusRuntimeException error, int attempt, Duration delay) {}
