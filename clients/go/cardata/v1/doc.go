// SPDX-License-Identifier: Apache-2.0

// Package cardatav1 has the messages and services of the gateway's API, generated from proto/cardata/v1. The comments of the
// services' clients say what each call does, what it costs and how it fails.
package cardatav1
