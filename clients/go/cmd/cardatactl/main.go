// SPDX-License-Identifier: Apache-2.0

// Command cardatactl talks to a CarData Gateway from a terminal: it logs accounts in, shows how they and their vehicles are, and
// follows what the vehicles send. `cardatactl help` explains it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	app := newApp(os.Stdin, os.Stdout, os.Stderr)
	code := app.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
