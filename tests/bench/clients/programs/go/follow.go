// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

// How many events of the numbered ones lie between two of which the runner hears.
const every = 30_000

// follow tells when the first word and the first event came after each start of a stream, and how far it is.
func follow(client *cardata.Client) {
	request := &cardatav1.SubscribeRequest{
		Start:             &cardatav1.SubscribeRequest_Position{Position: cardatav1.StartPosition_START_POSITION_LIVE},
		HeartbeatInterval: durationpb.New(time.Second),
	}
	awaitsWord, awaitsEvent, next, count := true, true, every, 0
	for update, err := range client.Subscribe(context.Background(), request) {
		if err != nil {
			log.Fatal(err)
		}
		switch value := update.Value.(type) {
		case *cardata.Reconnecting:
			awaitsWord, awaitsEvent = true, true
			fmt.Println("away", value.Attempt)
			continue
		case *cardatav1.Event:
			if awaitsEvent {
				awaitsEvent = false
				fmt.Println("event", time.Now().UnixNano())
			}
			count++
			if number := int(value.GetValue().GetNumber()); number >= next {
				next = (number/every + 1) * every
				fmt.Println("number", number, count)
			}
		}
		if awaitsWord {
			awaitsWord = false
			fmt.Println("word", time.Now().UnixNano())
		}
	}
}
