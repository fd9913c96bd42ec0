package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"hybrid/internal/event"
)

// What ends the program from outside: Ctrl-C, and the SIGTERM of service managers and of machines that shut down. On Windows Go
// delivers the closing of the console, the end of the user's session and the machine's shutdown as SIGTERM, with about five
// seconds left (os/signal, "Windows").
func endings() []os.Signal { return []os.Signal{os.Interrupt, syscall.SIGTERM} }

// untilRun ends the context at the first signal, until it is told that a run begins. It is for reading and planning, where nothing
// needs to be finished: sessions are closed, in seconds, and that is all. That includes a closed terminal, since nobody could
// approve anything any more; a program that was told to outlive it, as by nohup, goes on. The signals stay taken: who is impatient
// must leave no session behind.
func untilRun(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals, over := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, endings()...)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(signals, syscall.SIGHUP)
	}
	go func() {
		select {
		case <-signals:
			cancel()
		case <-over:
		}
	}()
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(over)
	})
}

// untilClosed is untilRun for what begins no run.
func untilClosed(ctx context.Context) context.Context {
	ctx, _ = untilRun(ctx)
	return ctx
}

// nothingDone is how a command ends that was interrupted before anything was begun.
func nothingDone(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return &withCode{exitInterrupted, "Interrupted. Nothing was done."}
}

// nothingChanged is how a command ends that was interrupted while it looked: what it has not seen it does not tell as unknown.
func nothingChanged(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return &withCode{exitInterrupted, "Interrupted. Nothing was changed."}
}

// interrupts makes the first Ctrl-C or SIGTERM close stop, so that nothing new is started, and the second end the context. A
// closed terminal ends nothing: what cannot be written there is lost, and the journal has all of it.
func interrupts(ctx context.Context, sink event.Sink) (context.Context, <-chan struct{}, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := make(chan struct{})
	signals, ignored := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(signals, endings()...)
	signal.Notify(ignored, syscall.SIGHUP, syscall.SIGPIPE) // not signal.Ignore, which children would inherit
	go func() {
		select {
		case <-signals:
			sink(event.Event{Type: event.Warning, Message: "stopping: nothing new is started, what is under way is finished. Ctrl-C once more stops waiting."})
			close(stop)
		case <-ctx.Done():
			return
		}
		select {
		case <-signals:
			sink(event.Event{Type: event.Warning, Message: "not waiting any longer: what is under way is in doubt, and the journal has it."})
			cancel()
		case <-ctx.Done():
		}
	}()
	// The signals stay taken: after the last change only sessions are closed, in seconds, and who is impatient then must leave none
	// behind.
	return ctx, stop, cancel
}
