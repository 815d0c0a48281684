// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/reflection.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "server/reflection/embedded_descriptor_set.h"

namespace cardata {
namespace {

using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;
using ::testing::HasSubstr;

class ReflectionTest : public testing::Test {
 protected:
  ServerReflectionResponse Answer() { return AnswerReflection(descriptors_, request_); }

  // The name of the first file of the answer, or the error's code.
  std::string FirstFile() {
    const ServerReflectionResponse response = Answer();
    if (response.has_error_response())
      return std::to_string(response.error_response().error_code());
    google::protobuf::FileDescriptorProto file;
    file.ParseFromString(response.file_descriptor_response().file_descriptor_proto(0));
    return file.name();
  }

  const DescriptorDatabase descriptors_ = *DescriptorDatabase::Create(EmbeddedDescriptorSet());
  ServerReflectionRequest request_;
};

TEST_F(ReflectionTest, ListsServices) {
  request_.set_list_services("ignored");
  const auto services = Answer().list_services_response();
  ASSERT_EQ(static_cast<size_t>(services.service_size()), descriptors_.services().size());
  EXPECT_EQ(services.service(0).name(), descriptors_.services().front());
}

TEST_F(ReflectionTest, SendsTheRequestBack) {
  request_.set_host("gateway");
  request_.set_file_by_filename("none");
  const ServerReflectionResponse response = Answer();
  EXPECT_EQ(response.valid_host(), "gateway");
  EXPECT_EQ(response.original_request().SerializeAsString(), request_.SerializeAsString());
}

TEST_F(ReflectionTest, FindsFiles) {
  request_.set_file_by_filename("cardata/v1/event.proto");
  EXPECT_EQ(FirstFile(), "cardata/v1/event.proto");
  request_.set_file_containing_symbol("cardata.v1.AuthService.ListAccounts");
  EXPECT_EQ(FirstFile(), "cardata/v1/auth_service.proto");
  request_.set_file_containing_symbol("grpc.health.v1.HealthCheckResponse.SERVING");
  EXPECT_EQ(FirstFile(), "grpc/health/v1/health.proto");
}

TEST_F(ReflectionTest, WhatThereIsNotIsNotFound) {
  const std::string not_found = std::to_string(static_cast<int>(absl::StatusCode::kNotFound));
  request_.set_file_by_filename("none.proto");
  EXPECT_EQ(FirstFile(), not_found);
  request_.set_file_containing_symbol("cardata.v1.None");
  EXPECT_EQ(FirstFile(), not_found);
  EXPECT_THAT(Answer().error_response().error_message(), HasSubstr("cardata.v1.None"));
  request_.mutable_file_containing_extension()->set_containing_type("cardata.v1.Event");
  EXPECT_EQ(FirstFile(), not_found);
  request_.set_all_extension_numbers_of_type("cardata.v1.None");
  EXPECT_EQ(FirstFile(), not_found);
}

TEST_F(ReflectionTest, AMessageWithoutExtensionsHasNone) {
  request_.set_all_extension_numbers_of_type("cardata.v1.Event");
  const auto response = Answer();
  ASSERT_TRUE(response.has_all_extension_numbers_response());
  EXPECT_EQ(response.all_extension_numbers_response().base_type_name(), "cardata.v1.Event");
  EXPECT_EQ(response.all_extension_numbers_response().extension_number_size(), 0);
}

TEST_F(ReflectionTest, ARequestThatAsksNothingIsInvalid) {
  const std::string invalid = std::to_string(static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(FirstFile(), invalid);
  // Field 15, which a later version of the protocol may have.
  ASSERT_TRUE(request_.ParseFromString("\x7a\x01x"));
  EXPECT_EQ(FirstFile(), invalid);
}

}  // namespace
}  // namespace cardata
