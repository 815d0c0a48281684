// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package cardata

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// take takes so many updates, and leaves the loop.
func take(t *testing.T, client *Client, request *cardatav1.SubscribeRequest, count int) []Update {
	t.Helper()
	var taken []Update
	for update, err := range client.Subscribe(t.Context(), request) {
		if err != nil {
			t.Fatalf("ended with %v after %v", err, texts(taken))
		}
		if taken = append(taken, update); len(taken) == count {
			break
		}
	}
	return taken
}

// texts is what updates are compared by.
func texts(updates []Update) []string {
	var texts []string
	for _, update := range updates {
		text := fmt.Sprintf("%T %d %s", update.Value, update.Sequence, update.ResumeToken)
		if reconnecting, is := update.Value.(*Reconnecting); is {
			text = fmt.Sprintf("Reconnecting %d in %v: %v", reconnecting.Attempt, reconnecting.Delay, status.Code(reconnecting.Err))
		}
		texts = append(texts, text)
	}
	return texts
}

func expect(t *testing.T, updates []Update, expected ...string) {
	t.Helper()
	if found := texts(updates); !slices.Equal(found, expected) {
		t.Errorf("got\n%q\nand not\n%q", found, expected)
	}
}

func TestUpdatesAreInTheOrderOfTheGatewayAndTheLastOfAResponseHasTheToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, sends(
			&cardatav1.SubscribeResponse{
				ResumeToken: "t0", Notice: &cardatav1.SubscribeResponse_Started{Started: &cardatav1.Started{}},
			},
			&cardatav1.SubscribeResponse{ResumeToken: "t1", Entries: []*cardatav1.Entry{
				{Sequence: 1, Kind: &cardatav1.Entry_Event{Event: &cardatav1.Event{}}},
				{Sequence: 3, Kind: &cardatav1.Entry_Position{Position: &cardatav1.Position{}}},
				{Sequence: 4, Kind: &cardatav1.Entry_Gap{Gap: &cardatav1.Gap{}}},
				{Sequence: 5, Kind: &cardatav1.Entry_NotKept{NotKept: &cardatav1.NotKept{}}},
				{Sequence: 6, Kind: &cardatav1.Entry_AccountRemoved{AccountRemoved: &cardatav1.AccountRemoved{}}},
			}},
			&cardatav1.SubscribeResponse{
				ResumeToken: "t2", Entries: events("", 7).Entries,
				Notice: &cardatav1.SubscribeResponse_Lag{Lag: &cardatav1.Lag{}},
			},
			&cardatav1.SubscribeResponse{
				ResumeToken: "t3", Notice: &cardatav1.SubscribeResponse_CaughtUp{CaughtUp: &cardatav1.CaughtUp{}},
			},
			&cardatav1.SubscribeResponse{
				ResumeToken: "t4", Notice: &cardatav1.SubscribeResponse_Heartbeat{Heartbeat: &cardatav1.Heartbeat{}},
			},
		))
		expect(t, take(t, gateway.connect(), nil, 10),
			"*cardatav1.Started 0 t0",
			"*cardatav1.Event 1 ",
			"*cardatav1.Position 3 ",
			"*cardatav1.Gap 4 ",
			"*cardatav1.NotKept 5 ",
			"*cardatav1.AccountRemoved 6 t1",
			"*cardatav1.Event 7 ",
			"*cardatav1.Lag 0 t2",
			"*cardatav1.CaughtUp 0 t3",
			"*cardatav1.Heartbeat 0 t4",
		)
	})
}

func TestARestartOfTheGatewayIsBridgedFromTheLastToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, sends(events("t1", 1, 2), events("t2", 3)), sends(events("t3", 4)))
		client := gateway.connect()
		request := &cardatav1.SubscribeRequest{
			Vins:  []string{"WBA00000000000001"},
			Start: &cardatav1.SubscribeRequest_Position{Position: cardatav1.StartPosition_START_POSITION_EARLIEST},
		}
		asked := proto.CloneOf(request)
		var taken []Update
		for update, err := range client.Subscribe(t.Context(), request) {
			if err != nil {
				t.Fatal(err)
			}
			taken = append(taken, update)
			if update.Sequence == 3 {
				gateway.stop()
				time.AfterFunc(300*time.Millisecond, gateway.start)
			}
			if update.Sequence == 4 {
				break
			}
		}
		expect(t, taken,
			"*cardatav1.Event 1 ",
			"*cardatav1.Event 2 t1",
			"*cardatav1.Event 3 t2",
			"Reconnecting 1 in 500ms: Unavailable",
			"*cardatav1.Event 4 t3",
		)
		resumed := proto.CloneOf(asked)
		resumed.Start = &cardatav1.SubscribeRequest_ResumeToken{ResumeToken: "t2"}
		if requests := gateway.asked(); len(requests) != 2 || !proto.Equal(requests[0], asked) || !proto.Equal(requests[1], resumed) {
			t.Errorf("the gateway was asked %v", requests)
		}
		if !proto.Equal(request, asked) {
			t.Errorf("the caller's request was changed to %v", request)
		}
	})
}

func TestTheAttemptDoesNotWaitLongerThanForTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, sends(events("t1", 1)), sends(events("t2", 2)))
		client := gateway.connect()
		var back, resumed time.Time
		var last *Reconnecting
		for update, err := range client.Subscribe(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			if reconnecting, is := update.Value.(*Reconnecting); is {
				last = reconnecting
			}
			if update.Sequence == 1 {
				gateway.stop()
				time.AfterFunc(time.Minute, func() { back = time.Now(); gateway.start() })
			}
			if update.Sequence == 2 {
				resumed = time.Now()
				break
			}
		}
		if wait := resumed.Sub(back); last.Delay < 20*time.Second || wait >= last.Delay {
			t.Errorf("the first event came %v after the gateway; the last delay was %v", wait, last.Delay)
		}
	})
}

func TestAStreamThatTheGatewayEndsIsSubscribedToAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, endsWith(nil, events("t1", 1)), sends(events("t2", 2)))
		expect(t, take(t, gateway.connect(), nil, 3),
			"*cardatav1.Event 1 t1",
			"Reconnecting 1 in 500ms: OK",
			"*cardatav1.Event 2 t2",
		)
	})
}

func TestEachRangeIsASubscriptionOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, sends(events("t1", 1)), sends(events("t1", 1)))
		updates := gateway.connect().Subscribe(t.Context(), nil)
		for range 2 {
			for range updates {
				break
			}
		}
		if requests := gateway.asked(); len(requests) != 2 || requests[1].GetResumeToken() != "" {
			t.Errorf("the gateway was asked %v", requests)
		}
	})
}

func TestWhichErrorsEndASubscription(t *testing.T) {
	final := []codes.Code{codes.InvalidArgument, codes.NotFound, codes.PermissionDenied, codes.Unauthenticated,
		codes.FailedPrecondition, codes.OutOfRange, codes.Unimplemented}
	for code := codes.Canceled; code <= codes.Unauthenticated; code++ {
		t.Run(code.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gateway := startFake(t, endsWith(status.Error(code, "no"), events("t1", 1)), sends(events("t2", 2)))
				var last Update
				var ended error
				for update, err := range gateway.connect().Subscribe(t.Context(), nil) {
					last, ended = update, err
					if update.Sequence == 2 {
						break
					}
				}
				if slices.Contains(final, code) {
					if ErrorOf(ended).Code != code || last != (Update{}) || len(gateway.asked()) != 1 {
						t.Errorf("ended with %v, asked %d times", ended, len(gateway.asked()))
					}
				} else if ended != nil {
					t.Errorf("ended with %v", ended)
				}
			})
		})
	}
}

func TestAGatewayThatWasNeverThereIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gateway := startFake(t, sends(events("t1", 1)))
		gateway.stop()
		time.AfterFunc(time.Hour, gateway.start)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		for update, err := range gateway.connect().Subscribe(ctx, nil) {
			if err != nil {
				t.Fatal(err)
			}
			if update.Sequence == 1 {
				break
			}
		}
	})
}

func TestManySubscriptionsShareAClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const count = 20
		turns := slices.Repeat([]turn{sends(events("t1", 1))}, count)
		gateway := startFake(t, append(turns, slices.Repeat([]turn{sends(events("t2", 2))}, count)...)...)
		client := gateway.connect()
		var followed sync.WaitGroup
		for range count {
			followed.Go(func() {
				for update, err := range client.Subscribe(t.Context(), nil) {
					if err != nil {
						t.Error(err)
					}
					if update.Sequence == 2 {
						return
					}
				}
			})
		}
		synctest.Wait()
		gateway.stop()
		gateway.start()
		followed.Wait()
		for i, request := range gateway.asked() {
			if resumed := request.GetResumeToken() == "t1"; resumed != (i >= count) {
				t.Errorf("request %d is %v", i, request)
			}
		}
	})
}
