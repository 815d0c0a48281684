// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "absl/strings/string_view.h"

namespace cardata {

// A serialised google.protobuf.FileDescriptorSet, made by protoc at build time and part of the
// binary: the API, gRPC's health and reflection, google.rpc's error details and google.protobuf's
// well-known types, with their comments.
absl::string_view EmbeddedDescriptorSet();

}  // namespace cardata
