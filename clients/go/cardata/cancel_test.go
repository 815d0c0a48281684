// SPDX-License-Identifier: Apache-2.0

//go:build go1.25

package cardata

import (
	"context"
	"errors"
	"iter"
	"net"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// states are those in which a subscription can be when it is ended; each gives a client in which one will be, a minute of the
// bubble's time after its begin.
var states = map[string]func(*testing.T) *Client{
	"connecting": func(t *testing.T) *Client {
		return startFake(t).connect(WithDialOptions(grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: time.Hour}),
			grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			})))
	},
	"before the first response": func(t *testing.T) *Client {
		return startFake(t).connect()
	},
	"between responses": func(t *testing.T) *Client {
		return startFake(t, sends(events("t1", 1)), sends(events("t2", 2))).connect()
	},
	"waiting for the next attempt": func(t *testing.T) *Client {
		gateway := startFake(t)
		gateway.stop()
		return gateway.connect()
	},
	"waiting as long as the gateway says": func(t *testing.T) *Client {
		return startFake(t, endsWith(busyFor(t, 24*time.Hour))).connect()
	},
}

// A subscription that is ended in whichever state is over at once, tells why, and leaves no goroutine.
func TestASubscriptionEndsAtOnceInEveryState(t *testing.T) {
	causes := map[string]struct {
		end   func(client *Client, cancel context.CancelFunc)
		ended func(error) bool
	}{
		"cancelled": {
			end:   func(_ *Client, cancel context.CancelFunc) { cancel() },
			ended: func(err error) bool { return err == context.Canceled },
		},
		"closed": {
			end:   func(client *Client, _ context.CancelFunc) { client.Close() },
			ended: func(err error) bool { return status.Code(err) == codes.Canceled },
		},
	}
	for state, start := range states {
		for cause, test := range causes {
			t.Run(state+", "+cause, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					client := start(t)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					var last error
					updates := client.Subscribe(ctx, nil)
					done := make(chan time.Time)
					go func() {
						for _, err := range updates {
							last = err
						}
						done <- time.Now()
					}()
					time.Sleep(time.Minute)
					synctest.Wait()
					select {
					case <-done:
						t.Fatalf("it ended by itself with %v", last)
					default:
					}
					begin := time.Now()
					test.end(client, cancel)
					if ended := <-done; ended != begin {
						t.Errorf("it went on for %v", ended.Sub(begin))
					}
					if !test.ended(last) {
						t.Errorf("it ended with %v", last)
					}
				})
			})
		}
	}
}

func TestADeadlineEndsASubscriptionInEveryState(t *testing.T) {
	for state, start := range states {
		t.Run(state, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := start(t)
				begin := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), 61*time.Second)
				defer cancel()
				var last error
				for _, err := range client.Subscribe(ctx, nil) {
					last = err
				}
				if took := time.Since(begin); took != 61*time.Second || !errors.Is(last, context.DeadlineExceeded) {
					t.Errorf("ended after %v with %v", took, last)
				}
			})
		})
	}
}

func TestAContextThatHasEndedIsNotSubscribedWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		gateway := startFake(t)
		count := 0
		for _, err := range gateway.connect().Subscribe(ctx, nil) {
			if count++; err != context.Canceled {
				t.Errorf("ended with %v", err)
			}
		}
		if count != 1 || len(gateway.asked()) != 0 {
			t.Errorf("%d updates, and the gateway was asked %v", count, gateway.asked())
		}
	})
}

// However a loop is left, the gateway's stream ends and no goroutine stays, though the client goes on.
func TestALoopThatIsLeftLeavesNothing(t *testing.T) {
	for name, leave := range map[string]func(iter.Seq2[Update, error]){
		"at an event": func(updates iter.Seq2[Update, error]) {
			for range updates {
				return
			}
		},
		"at a reconnection": func(updates iter.Seq2[Update, error]) {
			for update := range updates {
				if _, is := update.Value.(*Reconnecting); is {
					return
				}
			}
		},
		"by a panic": func(updates iter.Seq2[Update, error]) {
			defer func() { recover() }()
			for range updates {
				panic("the caller's")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				gateway := startFake(t, sends(events("t0", 0)), endsWith(nil, events("t1", 1), events("t2", 2)))
				client := gateway.connect()
				take(t, client, nil, 1) // so that there is a connection, with the goroutines that belong to it
				synctest.Wait()
				before, _ := goroutines()
				leave(client.Subscribe(t.Context(), nil))
				synctest.Wait()
				if after, stacks := goroutines(); after != before {
					t.Errorf("%d goroutines, and %d before:\n%s", after, before, stacks)
				}
				gateway.mutex.Lock()
				defer gateway.mutex.Unlock()
				if len(gateway.ended) != len(gateway.requests) {
					t.Errorf("of %d streams %d have ended", len(gateway.requests), len(gateway.ended))
				}
			})
		})
	}
}

var bubble = regexp.MustCompile(`synctest bubble \d+]`)

// goroutines counts those of the caller's bubble, and gives the stacks of all.
func goroutines() (count int, stacks string) {
	buffer := make([]byte, 1<<20)
	stacks = string(buffer[:runtime.Stack(buffer, true)])
	return strings.Count(stacks, bubble.FindString(stacks)), stacks // the caller's is the first
}
