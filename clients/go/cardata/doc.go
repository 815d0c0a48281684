// SPDX-License-Identifier: Apache-2.0

// Package cardata talks to a CarData Gateway, which relays BMW CarData by gRPC.
//
// [Connect] gives a [Client] with the gateway's five services, and [Client.Subscribe], which follows vehicles over restarts of
// the gateway and broken connections without losing or skipping an entry. [ErrorOf] reads what an error of the gateway says.
//
// The messages are in package [github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1], named cardatav1, and the
// descriptors of BMW's catalogue in [github.com/cardata-gateway/cardata-gateway/clients/go/descriptor].
package cardata
