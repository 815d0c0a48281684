// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/crowd.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/cpp/error.h"
#include "server/base/proto_time.h"
#include "tests/support/wait.h"

namespace cardata {
namespace {

// What the simulator's load sends.
constexpr char kNumbered[] = "vehicle.vehicle.travelledDistance";

}  // namespace

struct Crowd::Member {
  int index;
  int64_t next;  // the number that it must get; guarded by `mutex_`, as is `failed`
  bool failed = false;
  enum { kStarting, kReading, kFinishing } state = kStarting;
  grpc::ClientContext context;
  std::unique_ptr<v1::TelematicsService::Stub> stub;
  std::unique_ptr<grpc::ClientAsyncReader<v1::SubscribeResponse>> reader;
  v1::SubscribeResponse response;
  grpc::Status status;
};

Crowd::Crowd(int64_t first_number) : first_number_(first_number), thread_([this] { Run(); }) {}

Crowd::~Crowd() {
  GoOn();
  for (const auto& member : members_) member->context.TryCancel();
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return running_ == 0; });
  }
  queue_.Shutdown();
  thread_.join();
}

void Crowd::Join(const std::shared_ptr<grpc::Channel>& channel, v1::StartPosition position) {
  auto joining = std::make_unique<Member>();
  Member& member = *joining;
  member.index = static_cast<int>(members_.size());
  member.next = first_number_;
  member.stub = v1::TelematicsService::NewStub(channel);
  members_.push_back(std::move(joining));
  {
    const std::lock_guard lock(mutex_);
    ++opening_;
    ++running_;
  }
  v1::SubscribeRequest request;
  request.set_position(position);
  request.add_descriptor_patterns(kNumbered);
  member.reader = member.stub->PrepareAsyncSubscribe(&member.context, request, &queue_);
  member.reader->StartCall(&member);
}

void Crowd::Run() {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
    Member& member = *static_cast<Member*>(tag);
    const std::lock_guard lock(mutex_);
    if (member.state == Member::kFinishing) {
      Fail(member, absl::StrCat("the stream has ended: ", client::Describe(member.status)));
      --running_;
      changed_.notify_all();
    } else if (!ok) {
      member.state = Member::kFinishing;
      member.reader->Finish(&member.status, &member);
    } else {
      if (member.state == Member::kReading) Take(member);
      member.state = Member::kReading;
      if (paused_) {
        waiting_.push_back(&member);
      } else {
        member.reader->Read(&member.response, &member);
      }
    }
  }
}

void Crowd::Take(Member& member) {
  const bool was_behind = member.next <= last_;
  const absl::Time now = absl::Now();
  for (const v1::Entry& entry : member.response.entries()) {
    int64_t number = 0;
    if (!absl::SimpleAtoi(entry.event().raw(), &number) || number < first_number_) continue;
    if (number != member.next) {
      Fail(member, absl::StrCat("got ", number, " instead of ", member.next));
      return;
    }
    ++member.next;
    latencies_.push_back(now - FromProto(entry.event().receive_time()));
  }
  if (member.response.has_caught_up()) --opening_;
  if (was_behind && member.next > last_) --behind_;
  if (opening_ == 0 || behind_ == 0) changed_.notify_all();
}

void Crowd::Fail(Member& member, const std::string& what) {
  if (!std::exchange(member.failed, true))
    failures_.push_back(absl::StrCat("subscriber ", member.index, ": ", what));
  changed_.notify_all();
}

void Crowd::Pause() {
  const std::lock_guard lock(mutex_);
  paused_ = true;
}

void Crowd::GoOn() {
  const std::lock_guard lock(mutex_);
  paused_ = false;
  for (Member* member : std::exchange(waiting_, {}))
    member->reader->Read(&member->response, member);
}

std::vector<absl::Duration> Crowd::TakeLatencies() {
  const std::lock_guard lock(mutex_);
  return std::exchange(latencies_, {});
}

bool Crowd::WaitUntilCaughtUp() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, absl::ToChronoMilliseconds(kGenerous),
                    [this] { return opening_ == 0 || !failures_.empty(); });
  return opening_ == 0 && failures_.empty();
}

bool Crowd::WaitUntilAllHave(int64_t last) {
  std::unique_lock lock(mutex_);
  last_ = last;
  behind_ = static_cast<size_t>(std::count_if(
      members_.begin(), members_.end(), [last](const auto& each) { return each->next <= last; }));
  changed_.wait_for(lock, absl::ToChronoMilliseconds(kGenerous),
                    [this] { return behind_ == 0 || !failures_.empty(); });
  return behind_ == 0 && failures_.empty();
}

std::vector<std::string> Crowd::failures() {
  const std::lock_guard lock(mutex_);
  return failures_;
}

}  // namespace cardata
