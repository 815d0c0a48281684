// SPDX-License-Identifier: Apache-2.0
//
// Debian's libgrpc and libabsl are not built for ThreadSanitizer, which therefore does not see that
// they synchronise and reports races that are none. This stands before absl::Mutex, absl::CondVar
// and gRPC's C interface and tells it. Linked into executables by the tsan preset only. The mangled
// names are those of Debian 12's absl.
#include <absl/time/time.h>
#include <dlfcn.h>
#include <grpc/byte_buffer.h>
#include <grpc/grpc.h>

extern "C" {
void __tsan_acquire(void*);
void __tsan_release(void*);
}

namespace {

#define UNSEEN __attribute__((no_sanitize("thread")))

// One edge for all of gRPC: whatever goes into it happens before whatever comes out.
char boundary;

template <class Function>
UNSEEN Function Next(const char* name, Function& known) {
  Function function = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (!function) {
    function = reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
    __atomic_store_n(&known, function, __ATOMIC_RELAXED);
  }
  return function;
}

}  // namespace

// Declares `real`, the function that this one stands before.
#define REAL(name, result, ...)        \
  static result (*known)(__VA_ARGS__); \
  auto real = Next(name, known)

extern "C" {

UNSEEN const char* __tsan_default_options() { return "ignore_noninstrumented_modules=1"; }

// gRPC's own callbacks.
UNSEEN const char* __tsan_default_suppressions() { return "race:CallOnDone\n"; }

UNSEEN void _ZN4absl7debian35Mutex4LockEv(void* mutex) {
  REAL("_ZN4absl7debian35Mutex4LockEv", void, void*);
  real(mutex);
  __tsan_acquire(mutex);
}

UNSEEN bool _ZN4absl7debian35Mutex7TryLockEv(void* mutex) {
  REAL("_ZN4absl7debian35Mutex7TryLockEv", bool, void*);
  const bool locked = real(mutex);
  if (locked) __tsan_acquire(mutex);
  return locked;
}

UNSEEN void _ZN4absl7debian35Mutex6UnlockEv(void* mutex) {
  REAL("_ZN4absl7debian35Mutex6UnlockEv", void, void*);
  __tsan_release(mutex);
  real(mutex);
}

UNSEEN void _ZN4absl7debian319ReleasableMutexLock7ReleaseEv(void** lock) {
  REAL("_ZN4absl7debian319ReleasableMutexLock7ReleaseEv", void, void**);
  __tsan_release(*lock);
  real(lock);
}

UNSEEN void _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE(void* condition, void* mutex) {
  REAL("_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE", void, void*, void*);
  __tsan_release(mutex);
  real(condition, mutex);
  __tsan_acquire(mutex);
}

UNSEEN bool _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE(void* condition,
                                                                              void* mutex,
                                                                              absl::Time deadline) {
  REAL("_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE", bool, void*, void*,
       absl::Time);
  __tsan_release(mutex);
  const bool expired = real(condition, mutex, deadline);
  __tsan_acquire(mutex);
  return expired;
}

UNSEEN bool _ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE(
    void* condition, void* mutex, absl::Duration timeout) {
  REAL("_ZN4absl7debian37CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE", bool, void*, void*,
       absl::Duration);
  __tsan_release(mutex);
  const bool expired = real(condition, mutex, timeout);
  __tsan_acquire(mutex);
  return expired;
}

UNSEEN grpc_call_error grpc_call_start_batch(grpc_call* call, const grpc_op* ops, size_t count,
                                             void* tag, void* reserved) {
  REAL("grpc_call_start_batch", grpc_call_error, grpc_call*, const grpc_op*, size_t, void*, void*);
  __tsan_release(&boundary);
  return real(call, ops, count, tag, reserved);
}

UNSEEN grpc_event grpc_completion_queue_next(grpc_completion_queue* queue, gpr_timespec deadline,
                                             void* reserved) {
  REAL("grpc_completion_queue_next", grpc_event, grpc_completion_queue*, gpr_timespec, void*);
  __tsan_release(&boundary);
  const grpc_event event = real(queue, deadline, reserved);
  __tsan_acquire(&boundary);
  return event;
}

UNSEEN grpc_event grpc_completion_queue_pluck(grpc_completion_queue* queue, void* tag,
                                              gpr_timespec deadline, void* reserved) {
  REAL("grpc_completion_queue_pluck", grpc_event, grpc_completion_queue*, void*, gpr_timespec,
       void*);
  __tsan_release(&boundary);
  const grpc_event event = real(queue, tag, deadline, reserved);
  __tsan_acquire(&boundary);
  return event;
}

UNSEEN int grpc_byte_buffer_reader_init(grpc_byte_buffer_reader* reader, grpc_byte_buffer* buffer) {
  REAL("grpc_byte_buffer_reader_init", int, grpc_byte_buffer_reader*, grpc_byte_buffer*);
  __tsan_acquire(&boundary);
  return real(reader, buffer);
}

UNSEEN void grpc_call_unref(grpc_call* call) {
  REAL("grpc_call_unref", void, grpc_call*);
  __tsan_release(&boundary);
  real(call);
}

UNSEEN void grpc_call_ref(grpc_call* call) {
  REAL("grpc_call_ref", void, grpc_call*);
  __tsan_acquire(&boundary);
  __tsan_release(&boundary);
  real(call);
}

UNSEEN grpc_call_error grpc_server_request_registered_call(
    grpc_server* server, void* method, grpc_call** call, gpr_timespec* deadline,
    grpc_metadata_array* metadata, grpc_byte_buffer** payload, grpc_completion_queue* queue,
    grpc_completion_queue* notification_queue, void* tag) {
  REAL("grpc_server_request_registered_call", grpc_call_error, grpc_server*, void*, grpc_call**,
       gpr_timespec*, grpc_metadata_array*, grpc_byte_buffer**, grpc_completion_queue*,
       grpc_completion_queue*, void*);
  __tsan_release(&boundary);
  return real(server, method, call, deadline, metadata, payload, queue, notification_queue, tag);
}

}  // extern "C"
