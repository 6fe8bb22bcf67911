//! Room that is used again: what is in flight has a number.

/// Values by number; the number of one that was removed is given anew.
#[derive(Debug)]
pub(crate) struct Slab<T> {
    values: Vec<Option<T>>,
    free: Vec<u32>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Slab {
            values: Vec::new(),
            free: Vec::new(),
        }
    }
}

impl<T> Slab<T> {
    pub(crate) fn add(&mut self, value: T) -> u32 {
        let id = self.free.pop().unwrap_or_else(|| {
            self.values.push(None);
            (self.values.len() - 1) as u32
        });
        self.values[id as usize] = Some(value);
        id
    }

    /// How many there were at most.
    pub(crate) fn room(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn get(&mut self, id: u32) -> &mut T {
        let value = self.values[id as usize].as_mut();
        value.expect("a number is used until its value is removed")
    }

    pub(crate) fn remove(&mut self, id: u32) {
        self.values[id as usize] = None;
        self.free.push(id);
    }
}
