// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grpc/reflection/v1/reflection.pb.h"
#include "server/reflection/descriptor_database.h"

namespace cardata {

// One answer of grpc.reflection.v1 (and v1alpha, which is the same on the wire), as the proto
// promises it.
grpc::reflection::v1::ServerReflectionResponse AnswerReflection(
    const DescriptorDatabase& descriptors,
    const grpc::reflection::v1::ServerReflectionRequest& request);

}  // namespace cardata
