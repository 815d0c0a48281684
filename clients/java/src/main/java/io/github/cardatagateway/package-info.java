// SPDX-License-Identifier: Apache-2.0
/**
 * The client of CarData Gateway.
 *
 * <p>{@link io.github.cardatagateway.CarDataClient} connects. It has the gateway's services as
 * gRPC's own stubs, and follows cars over every restart on either side: as a loop, by {@link
 * io.github.cardatagateway.CarDataClient#subscribe}, or as a publisher with back-pressure, by
 * {@link io.github.cardatagateway.CarDataClient#publisher}. {@link
 * io.github.cardatagateway.CarDataError} reads what the gateway says of a failed call. The messages
 * and stubs are in {@code io.github.cardatagateway.v1}.
 */
package io.github.cardatagateway;
