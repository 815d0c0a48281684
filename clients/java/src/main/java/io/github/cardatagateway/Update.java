// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

/**
 * What a subscription tells.
 *
 * @param value what happened: of {@code io.github.cardatagateway.v1} an {@code Event}, {@code
 *     Position}, {@code Gap}, {@code NotKept}, {@code AccountRemoved}, {@code Lag}, {@code Started}
 *     (also after each reconnection), {@code CaughtUp} or {@code Heartbeat}; a {@link
 *     Reconnecting}; or an {@code Entry} of a kind that only a newer gateway knows, with its bytes
 *     in its unknown fields. Expect others, and skip them.
 * @param sequence the entry's number, for the first five and an unknown one; 0 for the others
 * @param resumeToken where to begin the next time, so that everything after this update arrives.
 *     Only the last update of what the gateway sent together has one; it is empty on the others.
 *     Keep the last one that was not empty, once what came before it has been dealt with, and put
 *     it into the next request.
 */
public record Update(Object value, long sequence, String resumeToken) {}
