package lists

// Interrupt ends the iterations of one request when Done is closed. It belongs to one goroutine.
type Interrupt struct {
	Done    <-chan struct{}
	Stopped bool
	steps   uint
	Touched uint // accumulates values that were read only to prefetch them, so that the compiler does not drop the reads
}

// Step counts a step of an iteration and reports whether to end it. Checking the channel costs as much as
// several steps, so only some steps do.
func (i *Interrupt) Step() bool {
	if i.steps++; i.steps%256 == 0 && !i.Stopped {
		select {
		case <-i.Done:
			i.Stopped = true
		default:
		}
	}
	return i.Stopped
}
