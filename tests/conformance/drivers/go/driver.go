// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/cardata-gateway/cardata-gateway/clients/go/cardata"
	cardatav1 "github.com/cardata-gateway/cardata-gateway/clients/go/cardata/v1"
)

type driver struct {
	client   *client
	readings map[string]*reading
	running  sync.WaitGroup
}

// client knows whether its caller has closed it.
type client struct {
	*cardata.Client
	closed atomic.Bool
}

func (c *client) close() {
	c.closed.Store(true)
	c.Client.Close()
}

// reading is a subscription that a goroutine reads.
type reading struct {
	cancel context.CancelFunc
	gate   gate
}

func newDriver() *driver {
	return &driver{readings: map[string]*reading{}}
}

func (d *driver) do(next command) error {
	switch next.Do {
	case "connect":
		return d.connect(next)
	case "subscribe":
		return d.subscribe(next)
	case "stop_reading":
		d.readings[next.Name].gate.shut()
	case "read_on":
		d.readings[next.Name].gate.open()
	case "close":
		d.readings[next.Name].cancel()
	case "call":
		return d.call(next)
	default:
		return errors.New("there is no such command")
	}
	return nil
}

// end closes the client; all that reads must end.
func (d *driver) end() {
	for _, reading := range d.readings {
		reading.gate.open()
	}
	if d.client != nil {
		d.client.close()
	}
	d.running.Wait()
}

func (d *driver) connect(how command) error {
	var options []cardata.Option
	files := map[string][]byte{}
	for _, name := range []string{how.CA, how.Certificate, how.Key} {
		if name == "" {
			continue
		}
		pem, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files[name] = pem
	}
	if how.CA != "" {
		options = append(options, cardata.WithCA(files[how.CA]))
	}
	if how.Certificate != "" {
		options = append(options, cardata.WithCertificate(files[how.Certificate], files[how.Key]))
	}
	if how.ServerName != "" {
		options = append(options, cardata.WithServerName(how.ServerName))
	}
	if how.Plaintext {
		options = append(options, cardata.WithPlaintext())
	}
	if d.client != nil {
		d.client.close()
	}
	connected, err := cardata.Connect(how.Target, options...)
	d.client = &client{Client: connected}
	return err
}

func (d *driver) subscribe(what command) error {
	request := &cardatav1.SubscribeRequest{}
	if err := protojson.Unmarshal(what.Request, request); err != nil {
		return fmt.Errorf("%s: %w", what.Request, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	client := d.client
	reading := &reading{cancel: cancel}
	d.readings[what.Name] = reading
	d.running.Add(1)
	go func() {
		defer d.running.Done()
		defer cancel()
		for update, err := range client.Subscribe(ctx, request) {
			switch {
			case err == nil:
				tellUpdate(what.Name, update)
				reading.gate.pass()
			case errors.Is(err, context.Canceled), client.closed.Load() && cardata.ErrorOf(err).Code == codes.Canceled:
				tellEnd(what.Name, nil) // Go's way to say that the caller has ended it. Other languages' loops just end.
			default:
				tellEnd(what.Name, err)
			}
		}
	}()
	return nil
}
