// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// call calls a method of one of the client's stubs, such as vehicles.GetVehicle, by its name.
func (d *driver) call(what command) error {
	service, rpc, _ := strings.Cut(what.Method, ".")
	stub := reflect.ValueOf(d.client.Client).Elem().FieldByName(strings.ToUpper(service[:1]) + service[1:])
	if !stub.IsValid() || !stub.MethodByName(rpc).IsValid() {
		return fmt.Errorf("there is no method %s", what.Method)
	}
	method := stub.MethodByName(rpc)
	request := reflect.New(method.Type().In(1).Elem())
	if err := protojson.Unmarshal(what.Request, request.Interface().(proto.Message)); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	if what.Deadline > 0 {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(what.Deadline*float64(time.Second)))
	}
	d.running.Add(1)
	go func() {
		defer d.running.Done()
		defer cancel()
		answer, err := called(method, reflect.ValueOf(ctx), request)
		if err == nil {
			err = tellResponses(what.Name, answer)
		}
		tellEnd(what.Name, err)
	}()
	return nil
}

// called returns the two results of a method that takes a context and something else, or only nothing.
func called(method reflect.Value, arguments ...reflect.Value) (reflect.Value, error) {
	results := method.Call(arguments)
	err, _ := results[1].Interface().(error)
	return results[0], err
}

// tellResponses takes the one response of a call, or the stream of them.
func tellResponses(name string, answer reflect.Value) error {
	if response, ok := answer.Interface().(proto.Message); ok {
		tellResponse(name, response)
		return nil
	}
	for {
		response, err := called(answer.MethodByName("Recv"))
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		tellResponse(name, response.Interface().(proto.Message))
	}
}
