package lists

// Interrupt ends the walks of one request once Done is closed. It belongs to one
// goroutine.
type Interrupt struct {
	Done    <-chan struct{}
	Stopped bool
	steps   uint
	Touched uint // for who reads ahead, so that reading is not idle
}

// Step counts a step of a walk and reports whether to end it. Asking the channel
// costs as much as some steps do, so not every step asks.
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
