// SPDX-License-Identifier: Apache-2.0

// Bench does with the Go client what the runner measures; ../../README.md has the commands.
package main

import (
	"bufio"
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

func main() {
	log.SetFlags(0)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var do, target, way string
		var events int
		fmt.Sscan(lines.Text(), &do, &target, &way, &events)
		client, err := cardata.Connect(target)
		if err != nil {
			log.Fatal(err)
		}
		switch {
		case do == "take" && way == "stub":
			report(takeFromStub(client, events))
		case do == "take" && way == "layer":
			report(takeFromLayer(client, events))
		case do == "follow":
			go follow(client)
			continue
		default:
			log.Fatalf("there is no such command: %s", lines.Text())
		}
		client.Close()
	}
}

func report(took time.Duration, err error) {
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("took %.6f\n", took.Seconds())
}

// consumer does with an event what the README's first example does, but for printing it.
type consumer struct {
	last [4]string
	left int
}

// take is true for the last one.
func (c *consumer) take(event *cardatav1.Event) bool {
	c.last = [4]string{event.GetVin(), event.GetDescriptorId(), event.GetRaw(), event.GetUnit()}
	c.left--
	return c.left == 0
}

func earliest() *cardatav1.SubscribeRequest {
	return &cardatav1.SubscribeRequest{
		Start: &cardatav1.SubscribeRequest_Position{Position: cardatav1.StartPosition_START_POSITION_EARLIEST},
	}
}

func takeFromStub(client *cardata.Client, events int) (time.Duration, error) {
	consumer := consumer{left: events}
	token := ""
	begin := time.Now()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stream, err := client.Telematics.Subscribe(ctx, earliest())
	if err != nil {
		return 0, err
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			return 0, err
		}
		for _, entry := range response.GetEntries() {
			if event := entry.GetEvent(); event != nil && consumer.take(event) {
				return time.Since(begin), nil
			}
		}
		if response.GetResumeToken() != "" {
			token = response.GetResumeToken()
		}
		_ = token
	}
}

func takeFromLayer(client *cardata.Client, events int) (time.Duration, error) {
	consumer := consumer{left: events}
	token := ""
	begin := time.Now()
	for update, err := range client.Subscribe(context.Background(), earliest()) {
		if err != nil {
			return 0, err
		}
		if event, is := update.Value.(*cardatav1.Event); is && consumer.take(event) {
			break
		}
		if update.ResumeToken != "" {
			token = update.ResumeToken
		}
		_ = token
	}
	return time.Since(begin), nil
}
