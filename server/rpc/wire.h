// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/error/error.h"

namespace cardata {

// Requests and responses are bytes to gRPC: what it cannot parse itself, it would refuse without a
// reason.

// INVALID_ARGUMENT (INVALID_REQUEST) naming "request", if the bytes are no such message.
template <class Request>
absl::StatusOr<Request> ParseRequest(grpc::ByteBuffer& bytes) {
  Request request;
  grpc::ProtoBufferReader reader(&bytes);
  if (!request.ParseFromZeroCopyStream(&reader))
    return InvalidField("request",
                        absl::StrCat("these bytes are not a ", Request::descriptor()->full_name()));
  return request;
}

template <class Response>
grpc::ByteBuffer SerializeResponse(const Response& response) {
  grpc::ByteBuffer bytes;
  grpc::ProtoBufferWriter writer(&bytes, grpc::kProtoBufferWriterMaxBufferLength,
                                 static_cast<int>(response.ByteSizeLong()));
  response.SerializeToZeroCopyStream(&writer);
  return bytes;
}

}  // namespace cardata
