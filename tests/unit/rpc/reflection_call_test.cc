// SPDX-License-Identifier: Apache-2.0
#include "server/rpc/reflection_call.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "absl/strings/str_cat.h"
#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "server/reflection/embedded_descriptor_set.h"
#include "tests/support/null_log.h"

namespace cardata {
namespace {

using grpc::reflection::v1::ServerReflectionRequest;
using grpc::reflection::v1::ServerReflectionResponse;
using V1 = grpc::reflection::v1::ServerReflection;
using V1Alpha = grpc::reflection::v1alpha::ServerReflection;

ServerReflectionRequest Question(const std::string& symbol) {
  ServerReflectionRequest request;
  request.set_file_containing_symbol(symbol);
  return request;
}

// A real server that serves reflection only, on one queue.
class ReflectionCallTest : public testing::Test {
 protected:
  ReflectionCallTest() {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&v1_service_);
    builder.RegisterService(&v1alpha_service_);
    queue_ = std::make_unique<CompletionQueue>(builder.AddCompletionQueue());
    server_ = builder.BuildAndStart();
    Accept(v1_service_);
    Accept(v1alpha_service_);
    queue_->Start();
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials());
    v1_ = V1::NewStub(channel_);
    v1alpha_ = V1Alpha::NewStub(channel_);
  }

  ~ReflectionCallTest() override { Drain(); }

  template <class Service>
  void Accept(Service& service) {
    ReflectionCall::Accept(std::make_shared<const ReflectionMethod>(ReflectionMethod{
                               stats_,
                               [&service](auto* context, auto* stream, auto* queue, void* tag) {
                                 service.RequestServerReflectionInfo(context, stream, queue, queue,
                                                                     tag);
                               },
                               descriptors_}),
                           *queue_, active_, drain_.get_token());
  }

  // As the gateway does it. Returns when no call is left.
  void Drain() {
    if (!queue_) return;
    drain_.request_stop();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(60));
    active_.WaitForNone();
    queue_.reset();
  }

  // How a call ends whose only message is `bytes`.
  grpc::Status CallWith(const std::string& bytes) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    const grpc::Slice slice(bytes);
    const auto call =
        stub.PrepareUnaryCall(&context, "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
                              grpc::ByteBuffer(&slice, 1), &queue);
    call->StartCall();
    grpc::ByteBuffer response;
    grpc::Status status;
    call->Finish(&response, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  const DescriptorDatabase descriptors_ = *DescriptorDatabase::Create(EmbeddedDescriptorSet());
  V1::WithRawMethod_ServerReflectionInfo<V1::Service> v1_service_;
  V1Alpha::WithRawMethod_ServerReflectionInfo<V1Alpha::Service> v1alpha_service_;
  SystemClock clock_;
  NullLog log_;
  CallStats stats_{"reflection", CallStats::Kind::kBidiStream, clock_, log_};
  std::stop_source drain_;
  InFlight active_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<CompletionQueue> queue_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<V1::Stub> v1_;
  std::unique_ptr<V1Alpha::Stub> v1alpha_;
};

template <class Stub>
void ExpectAnswers(Stub& stub) {
  grpc::ClientContext context;
  const auto stream = stub.ServerReflectionInfo(&context);
  ServerReflectionResponse response;
  for (const char* symbol : {"cardata.v1.Event", "none", "grpc.health.v1.Health", ""}) {
    ASSERT_TRUE(stream->Write(Question(symbol)));
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.original_request().file_containing_symbol(), symbol);
  }
  EXPECT_TRUE(stream->WritesDone());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ReflectionCallTest, AnswersUntilTheCallerHasNoMoreQuestions) { ExpectAnswers(*v1_); }

TEST_F(ReflectionCallTest, AnswersTheOlderProtocolAlike) { ExpectAnswers(*v1alpha_); }

TEST_F(ReflectionCallTest, QuestionsMayComeAllAtOnce) {
  grpc::ClientContext context;
  const auto stream = v1_->ServerReflectionInfo(&context);
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(stream->Write(Question(absl::StrCat(i))));
  stream->WritesDone();
  ServerReflectionResponse response;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.original_request().file_containing_symbol(), absl::StrCat(i));
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ReflectionCallTest, ACallWithoutAQuestionEndsWell) {
  grpc::ClientContext context;
  const auto stream = v1_->ServerReflectionInfo(&context);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ReflectionCallTest, ARequestThatAsksNothingDoesNotEndTheStream) {
  grpc::ClientContext context;
  const auto stream = v1_->ServerReflectionInfo(&context);
  ServerReflectionResponse response;
  ASSERT_TRUE(stream->Write(ServerReflectionRequest()));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.error_response().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  ASSERT_TRUE(stream->Write(Question("cardata.v1.Event")));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.has_file_descriptor_response());
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(ReflectionCallTest, BytesThatAreNoRequestAreInvalid) {
  for (const char* bytes : {"\xff\xff\xff", "\x22\x7f", "\x22\x01\xff"}) {
    const grpc::Status status = CallWith(bytes);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << status.error_message();
  }
}

TEST_F(ReflectionCallTest, CallersThatGoAwayLeaveNothingBehind) {
  for (int i = 0; i < 100; ++i) {
    grpc::ClientContext context;
    const auto stream = v1_->ServerReflectionInfo(&context);
    if (i % 2 == 0) stream->Write(Question("cardata.v1.Event"));
    if (i % 4 == 0) {
      ServerReflectionResponse response;
      stream->Read(&response);
    }
    context.TryCancel();
  }
  Drain();
}

TEST_F(ReflectionCallTest, AThousandIdleStreamsEndWithAReasonWhenTheGatewayStops) {
  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<ServerReflectionRequest, ServerReflectionResponse>>
        stream;
  };
  std::vector<Call> calls(1000);
  ServerReflectionResponse response;
  for (Call& call : calls) {
    call.stream = v1_->ServerReflectionInfo(&call.context);
    ASSERT_TRUE(call.stream->Write(Question("google.protobuf.Any")));
    ASSERT_TRUE(call.stream->Read(&response));
  }
  // Only that: a server that closes the connection while the clients' last frames arrive makes the
  // kernel throw away what they have not read yet.
  drain_.request_stop();
  for (Call& call : calls) {
    EXPECT_FALSE(call.stream->Read(&response));
    const grpc::Status status = call.stream->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    EXPECT_NE(status.error_details().find("SHUTTING_DOWN"), std::string::npos);
  }
}

TEST_F(ReflectionCallTest, AStreamEndsInTheMiddleOfItsAnswersWhenTheGatewayStops) {
  grpc::ClientContext context;
  const auto stream = v1_->ServerReflectionInfo(&context);
  ServerReflectionResponse response;
  ASSERT_TRUE(stream->Write(Question("cardata.v1.Event")));
  ASSERT_TRUE(stream->Read(&response));
  std::thread draining([this] { Drain(); });
  while (stream->Write(Question("cardata.v1.Event")) && stream->Read(&response)) continue;
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  draining.join();
}

}  // namespace
}  // namespace cardata
