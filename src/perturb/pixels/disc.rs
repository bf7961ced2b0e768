//! Round spots: drops, specks, reflections.

/// An ellipse in continuous pixel coordinates, its axes along the picture's.
#[derive(Debug, Clone, Copy)]
pub struct Disc {
    /// The centre.
    pub x: f32,
    /// The centre.
    pub y: f32,
    /// Half the width, above 0.
    pub radius_x: f32,
    /// Half the height, above 0.
    pub radius_y: f32,
}

impl Disc {
    /// Calls `visit` with each pixel (x, y) of the `width` x `height` picture whose centre lies inside, and with its
    /// place from the centre in radii.
    pub fn for_each(&self, width: usize, height: usize, mut visit: impl FnMut(usize, usize, f32, f32)) {
        let end = |middle: f32, radius: f32, side: usize| ((middle + radius).ceil().max(0.0) as usize).min(side);
        let start = |middle: f32, radius: f32| (middle - radius).floor().max(0.0) as usize;
        for y in start(self.y, self.radius_y)..end(self.y, self.radius_y, height) {
            let v = (y as f32 + 0.5 - self.y) / self.radius_y;
            for x in start(self.x, self.radius_x)..end(self.x, self.radius_x, width) {
                let u = (x as f32 + 0.5 - self.x) / self.radius_x;
                if u * u + v * v < 1.0 {
                    visit(x, y, u, v);
                }
            }
        }
    }
}
