// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package cardata

import (
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func TestAStreamThatIsSilentTooLongIsTakenForDead(t *testing.T) {
	started := func(interval time.Duration) *cardatav1.SubscribeResponse {
		return &cardatav1.SubscribeResponse{ResumeToken: "t1", Notice: &cardatav1.SubscribeResponse_Started{
			Started: &cardatav1.Started{HeartbeatInterval: durationpb.New(interval)},
		}}
	}
	for name, test := range map[string]struct {
		turn     turn
		requests time.Duration
		expected time.Duration
	}{
		"as Started says":                    {turn: sends(started(5 * time.Second)), expected: 20 * time.Second},
		"by default before Started":          {turn: silence, expected: 40 * time.Second},
		"as the request says before Started": {turn: silence, requests: time.Second, expected: 12 * time.Second},
		"counted from the last response": {
			turn: func(request *cardatav1.SubscribeRequest, stream subscribeStream) error {
				stream.Send(started(5 * time.Second))
				time.Sleep(19 * time.Second)
				return sends(events("t1", 1))(request, stream)
			},
			expected: 39 * time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gateway := startFake(t, test.turn, sends(events("t2", 2)))
				request := &cardatav1.SubscribeRequest{}
				if test.requests > 0 {
					request.HeartbeatInterval = durationpb.New(test.requests)
				}
				begin := time.Now()
				for update, err := range gateway.connect().Subscribe(t.Context(), request) {
					if err != nil {
						t.Fatal(err)
					}
					if reconnecting, is := update.Value.(*Reconnecting); is {
						if silent := time.Since(begin); silent != test.expected || reconnecting.Err != errSilent {
							t.Errorf("given up after %v with %v", silent, reconnecting.Err)
						}
					}
					if update.Sequence == 2 {
						break
					}
				}
			})
		})
	}
}

func TestALoopThatTakesItsTimeIsNoSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, sends(events("t1", 1), events("t2", 2)))
		var taken []Update
		for update, err := range gateway.connect().Subscribe(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			taken = append(taken, update)
			time.Sleep(time.Hour)
			if len(taken) == 2 {
				break
			}
		}
		expect(t, taken, "*cardatav1.Event 1 t1", "*cardatav1.Event 2 t2")
	})
}

func TestWhatASlowLoopHasNotTakenWaitsInTheGateway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		gateway := startFake(t, func(_ *cardatav1.SubscribeRequest, stream subscribeStream) error {
			for ; ; sent++ {
				if err := stream.Send(events("t1", make([]int64, 100)...)); err != nil {
					return err
				}
			}
		})
		for range gateway.connect().Subscribe(t.Context(), nil) {
			synctest.Wait() // until nothing can go on: the gateway's Send waits for the loop
			break
		}
		synctest.Wait()
		if size := sent * proto.Size(events("t1", make([]int64, 100)...)); size > 1<<20 {
			t.Errorf("%d bytes were sent to a loop that took one update", size)
		}
	})
}
