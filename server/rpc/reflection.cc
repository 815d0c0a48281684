// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/reflection.h"

#include <string>
#include <utility>

namespace cardata {
namespace {

namespace reflection = grpc::reflection::v1;
using Request = reflection::ServerReflectionRequest;
using Response = reflection::ServerReflectionResponse;

void Fill(const absl::Status& error, Response& response) {
  response.mutable_error_response()->set_error_code(static_cast<int>(error.code()));
  response.mutable_error_response()->set_error_message(std::string(error.message()));
}

void Fill(DescriptorDatabase::Files files, Response& response) {
  if (!files.ok()) return Fill(files.status(), response);
  for (std::string& file : *files)
    response.mutable_file_descriptor_response()->add_file_descriptor_proto(std::move(file));
}

void Fill(const std::string& type, const absl::StatusOr<std::vector<int>>& numbers,
          Response& response) {
  if (!numbers.ok()) return Fill(numbers.status(), response);
  response.mutable_all_extension_numbers_response()->set_base_type_name(type);
  for (const int number : *numbers)
    response.mutable_all_extension_numbers_response()->add_extension_number(number);
}

void Fill(const std::vector<std::string>& services, Response& response) {
  for (const std::string& service : services)
    response.mutable_list_services_response()->add_service()->set_name(service);
}

}  // namespace

Response AnswerReflection(const DescriptorDatabase& descriptors, const Request& request) {
  Response response;
  response.set_valid_host(request.host());
  *response.mutable_original_request() = request;
  switch (request.message_request_case()) {
    case Request::kFileByFilename:
      Fill(descriptors.FindFile(request.file_by_filename()), response);
      break;
    case Request::kFileContainingSymbol:
      Fill(descriptors.FindSymbol(request.file_containing_symbol()), response);
      break;
    case Request::kFileContainingExtension:
      Fill(descriptors.FindExtension(request.file_containing_extension().containing_type(),
                                     request.file_containing_extension().extension_number()),
           response);
      break;
    case Request::kAllExtensionNumbersOfType:
      Fill(request.all_extension_numbers_of_type(),
           descriptors.ExtensionNumbers(request.all_extension_numbers_of_type()), response);
      break;
    case Request::kListServices:
      Fill(descriptors.services(), response);
      break;
    case Request::MESSAGE_REQUEST_NOT_SET:
      Fill(absl::InvalidArgumentError("the request asks none of the questions of "
                                      "grpc.reflection.v1: set one field of message_request"),
           response);
      break;
  }
  return response;
}

}  // namespace cardata
