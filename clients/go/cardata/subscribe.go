// SPDX-License-Identifier: Apache-2.0

package cardata

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

const (
	// The gateway's, where the request names none.
	heartbeatInterval = 15 * time.Second

	// What a stream may be silent for beyond two heartbeats.
	silenceMargin = 10 * time.Second
)

var (
	errLeft   = errors.New("the caller has left the loop")
	errSilent = status.Error(codes.Unavailable, "the gateway's stream was silent for longer than two heartbeats")
	errClosed = status.Error(codes.Canceled, "the client is closed")
)

// Subscribe follows vehicles. The request says which, and where to begin; its comments are the reference, and nil is as good as
// an empty one: the current values of all vehicles first, then everything that arrives.
//
// The sequence does not end by itself: where the gateway restarts or the connection breaks it yields a [Reconnecting], subscribes
// again where it was, and goes on, so that every entry arrives at least once and in its place. It ends, with its last pair an
// error and no update, when
//
//   - the context has ended; the error is the context's. That is immediate, and leaving the loop does the same.
//   - the client is closed: an error with code Canceled.
//   - the gateway answers what trying again would not mend: InvalidArgument, NotFound, PermissionDenied, Unauthenticated,
//     FailedPrecondition, OutOfRange or Unimplemented. [ErrorOf] reads it.
//
// A loop may be as slow as it likes: what it has not taken waits in the gateway's log. Each range over the sequence is a
// subscription of its own and begins as the request says.
func (c *Client) Subscribe(ctx context.Context, request *cardatav1.SubscribeRequest) iter.Seq2[Update, error] {
	if request == nil {
		request = &cardatav1.SubscribeRequest{}
	}
	request = proto.CloneOf(request)
	return func(yield func(Update, error) bool) {
		s := subscription{client: c, request: proto.CloneOf(request), yield: yield}
		s.run(ctx)
	}
}

// subscription is one range over what Subscribe returns.
type subscription struct {
	client   *Client
	request  *cardatav1.SubscribeRequest // of the next stream: its start moves on with each response
	yield    func(Update, error) bool
	attempts int // since the gateway last sent something
}

func (s *subscription) run(ctx context.Context) {
	for {
		err := s.follow(ctx)
		switch {
		case err == errLeft:
			return
		case ctx.Err() != nil:
			s.yield(Update{}, ctx.Err())
			return
		case s.client.connection.GetState() == connectivity.Shutdown:
			s.yield(Update{}, errClosed)
			return
		case isFinal(err):
			s.yield(Update{}, err)
			return
		}

		s.attempts++
		wanted := ErrorOf(err).RetryDelay
		delay := max(wanted, backoffDelay(s.attempts, s.client.random()))
		if !s.yield(Update{Value: &Reconnecting{Err: err, Attempt: s.attempts, Delay: delay}}, nil) {
			return
		}
		s.client.pause(ctx, delay, wanted == 0)
	}
}

// follow hands over what one stream brings, and returns why the stream ended: nil if the gateway ended it without an error.
func (s *subscription) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stream, err := s.client.Telematics.Subscribe(ctx, s.request)
	if err != nil {
		return err
	}

	silence := longestSilence(s.request.GetHeartbeatInterval().AsDuration())
	watchdog := time.AfterFunc(silence, func() { cancel(errSilent) })
	defer watchdog.Stop()
	for {
		watchdog.Reset(silence)
		response, err := stream.Recv()
		watchdog.Stop() // A loop that takes its time is no silence of the gateway's.
		switch {
		case err == io.EOF:
			return nil
		case err != nil && context.Cause(ctx) == errSilent:
			return errSilent
		case err != nil:
			return err
		}

		s.attempts = 0
		if token := response.GetResumeToken(); token != "" {
			s.request.Start = &cardatav1.SubscribeRequest_ResumeToken{ResumeToken: token}
		}
		if started := response.GetStarted(); started != nil {
			silence = longestSilence(started.GetHeartbeatInterval().AsDuration())
		}
		if !s.handOver(response) {
			return errLeft
		}
	}
}

// handOver is false if the caller has left the loop.
func (s *subscription) handOver(response *cardatav1.SubscribeResponse) bool {
	entries, notice := response.GetEntries(), noticeOf(response)
	for i, entry := range entries {
		update := Update{Value: valueOf(entry), Sequence: entry.GetSequence()}
		if i == len(entries)-1 && notice == nil {
			update.ResumeToken = response.GetResumeToken()
		}
		if !s.yield(update, nil) {
			return false
		}
	}
	return notice == nil || s.yield(Update{Value: notice, ResumeToken: response.GetResumeToken()}, nil)
}

// longestSilence is what a stream with this interval of heartbeats may be silent for before it is taken for dead.
func longestSilence(interval time.Duration) time.Duration {
	if interval <= 0 {
		interval = heartbeatInterval
	}
	return 2*interval + silenceMargin
}

// isFinal says that trying again would not mend the error.
func isFinal(err error) bool {
	switch status.Code(err) {
	case codes.InvalidArgument, codes.NotFound, codes.PermissionDenied, codes.Unauthenticated, codes.FailedPrecondition,
		codes.OutOfRange, codes.Unimplemented:
		return true
	}
	return false
}
