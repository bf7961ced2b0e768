//! The inputs of a graph: which one takes the picture, how its values lie, and what goes into the others.

use super::engine::{Element, Input, InputValues, Port};
use crate::detection::Size;
use crate::spec::Choice;

/// The longest side of an input, pixels: beyond every detector, and one picture of it still fits into memory.
pub const MAX_SIDE: u32 = 16_384;

/// How the values of a picture lie in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Batch, channels, height, width.
    Nchw,
    /// Batch, height, width, channels (TensorFlow).
    Nhwc,
    /// Channels, height, width (torchvision).
    Chw,
    /// Height, width, channels.
    Hwc,
}

impl Choice for Order {
    const ALL: &'static [(&'static str, Self)] =
        &[("nchw", Self::Nchw), ("nhwc", Self::Nhwc), ("chw", Self::Chw), ("hwc", Self::Hwc)];

    fn summary(self) -> &'static str {
        match self {
            Self::Nchw => "batch, channels, height, width",
            Self::Nhwc => "batch, height, width, channels (TensorFlow)",
            Self::Chw => "channels, height, width (torchvision)",
            Self::Hwc => "height, width, channels",
        }
    }
}

/// The size of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputSize {
    /// The same for all pictures.
    Fixed(Size),
    /// That of each picture.
    Picture,
}

/// What an input beside the picture takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Companion {
    /// `orig_target_sizes` (RT-DETR, D-FINE): width and height that boxes are to be in.
    TargetSize,
    /// `im_shape` (PaddleDetection): height and width of the input.
    InputShape,
    /// `scale_factor` (PaddleDetection): how much the picture was enlarged, which boxes are divided by.
    ScaleFactor,
    /// `pixel_mask` (Hugging Face): 1 for each pixel that counts.
    Mask,
}

/// What each companion is called.
const COMPANIONS: [(&str, Companion); 4] = [
    ("orig_target_sizes", Companion::TargetSize),
    ("im_shape", Companion::InputShape),
    ("scale_factor", Companion::ScaleFactor),
    ("pixel_mask", Companion::Mask),
];

/// The inputs of a graph, understood.
#[derive(Debug, Clone)]
pub struct Inputs {
    /// How the picture's values lie.
    pub order: Order,
    /// Whether the picture is taken as bytes.
    pub is_bytes: bool,
    /// How many planes the picture is given as: red, green and blue, or one of grey levels.
    pub channels: usize,
    /// The size of the picture.
    pub size: InputSize,
    /// How many pictures the graph takes at once; `None` where it takes any number.
    pub batch: Option<usize>,
    /// In the order of the graph; `None` is the picture.
    ports: Vec<(Option<Companion>, Port)>,
}

impl Inputs {
    /// Understands the inputs `ports`, with what the spec says of the picture's, and the size that the file's metadata
    /// tells, for one that leaves it open.
    ///
    /// # Errors
    /// An input is unknown, the picture's is of no known form, or its size is not to be known.
    pub fn new(
        ports: &[Port],
        wanted: Option<InputSize>,
        exported: Option<Size>,
        order: Option<Order>,
    ) -> Result<Self, String> {
        let companion = |port: &Port| COMPANIONS.iter().find(|(name, _)| *name == port.name).map(|(_, what)| *what);
        let ports: Vec<(Option<Companion>, Port)> = ports.iter().map(|port| (companion(port), port.clone())).collect();
        let pictures: Vec<&Port> = ports.iter().filter(|(what, _)| what.is_none()).map(|(_, port)| port).collect();
        let [picture] = pictures[..] else { return Err(unknown_inputs(&pictures)) };
        let order = order.or_else(|| order_of(&picture.shape)).ok_or_else(|| no_picture(picture))?;
        let (batch, channels, size) = match (order, &picture.shape[..]) {
            (Order::Nchw, [batch, channels, height, width]) | (Order::Nhwc, [batch, height, width, channels]) => {
                (*batch, *channels, [*width, *height])
            }
            (Order::Chw, [channels, height, width]) | (Order::Hwc, [height, width, channels]) => {
                (Some(1), *channels, [*width, *height])
            }
            _ => return Err(no_picture(picture)),
        };
        let channels = channels.unwrap_or(COLOURS);
        if !CHANNELS.contains(&channels) {
            return Err(no_picture(picture));
        }
        let is_bytes = match &picture.element {
            Element::Float => false,
            Element::Byte => true,
            Element::Integer => return Err(format!("its input `{}` takes whole numbers, not pixels", picture.name)),
            Element::Other(name) => return Err(wrong_element(picture, name)),
        };
        let size = size_of(picture, size, wanted, exported)?;
        Ok(Self { order, is_bytes, channels, size, batch, ports })
    }

    /// The inputs for pictures of one `size`, each given as planes of channels.
    pub fn of(&self, pictures: Vec<Vec<f32>>, size: Size) -> Vec<Input> {
        let count = pictures.len();
        let mut input = Some(self.picture(pictures, size));
        let input = |(what, port): &(Option<Companion>, Port)| match what {
            None => input.take(),
            Some(companion) => Some(companion.input(port, count, size)),
        };
        self.ports.iter().filter_map(input).collect()
    }

    fn picture(&self, mut pictures: Vec<Vec<f32>>, size: Size) -> Input {
        let (width, height) = (size.width as usize, size.height as usize);
        let interleaved = matches!(self.order, Order::Nhwc | Order::Hwc);
        let count = pictures.len();
        let values: Vec<f32> = match pictures.as_mut_slice() {
            [one] if !interleaved => std::mem::take(one),
            _ if interleaved => pictures.iter().flat_map(|planes| interleave(planes, self.channels)).collect(),
            _ => pictures.concat(),
        };
        let shape = match self.order {
            Order::Nchw => vec![count, self.channels, height, width],
            Order::Nhwc => vec![count, height, width, self.channels],
            Order::Chw => vec![self.channels, height, width],
            Order::Hwc => vec![height, width, self.channels],
        };
        let bytes = |values: Vec<f32>| InputValues::Byte(values.into_iter().map(|value| value as u8).collect());
        Input { shape, values: if self.is_bytes { bytes(values) } else { InputValues::Float(values) } }
    }
}

/// Red, green, blue.
const COLOURS: usize = 3;

/// How many channels a picture has: colours, or grey levels.
const CHANNELS: [usize; 2] = [COLOURS, 1];

/// Planes to pixels.
fn interleave(planes: &[f32], channels: usize) -> Vec<f32> {
    let pixels = planes.len() / channels;
    (0..pixels).flat_map(|pixel| (0..channels).map(move |channel| planes[channel * pixels + pixel])).collect()
}

/// Told by the place of the three channels, else of the one; channels first where the file leaves all open.
fn order_of(shape: &[Option<usize>]) -> Option<Order> {
    let told = |count: usize| match shape {
        [_, channels, _, _] if *channels == Some(count) => Some(Order::Nchw),
        [_, _, _, channels] if *channels == Some(count) => Some(Order::Nhwc),
        [channels, _, _] if *channels == Some(count) => Some(Order::Chw),
        [_, _, channels] if *channels == Some(count) => Some(Order::Hwc),
        _ => None,
    };
    let open = || match shape {
        [_, None, _, _] => Some(Order::Nchw),
        [None, _, _] => Some(Order::Chw),
        _ => None,
    };
    told(COLOURS).or_else(open).or_else(|| told(1))
}

fn no_picture(port: &Port) -> String {
    format!("its input `{}` is {}, not a picture of 3 channels, or of 1", port.name, port.shown())
}

fn wrong_element(port: &Port, element: &str) -> String {
    format!("its input `{}` takes {element}; export it with 32-bit floats (`half=False`)", port.name)
}

fn unknown_inputs(ports: &[&Port]) -> String {
    let named: Vec<String> = ports.iter().map(|port| format!("`{}` ({})", port.name, port.shown())).collect();
    let known: Vec<String> = COMPANIONS.iter().map(|(name, _)| format!("`{name}`")).collect();
    format!(
        "of its inputs one must take the picture, but there are {}; beside it are known {}",
        named.join(", "),
        known.join(", ")
    )
}

/// The size of the picture's input: what the file fixes, or for one that leaves it open the spec's, else the `exported`
/// one.
fn size_of(
    port: &Port,
    sides: [Option<usize>; 2],
    wanted: Option<InputSize>,
    exported: Option<Size>,
) -> Result<InputSize, String> {
    if sides.iter().flatten().any(|side| *side > MAX_SIDE as usize) {
        return Err(format!(
            "its input `{}` is {}; sides of up to {MAX_SIDE} pixels are known",
            port.name,
            port.shown()
        ));
    }
    let [width, height] = sides.map(|side| side.and_then(|side| u32::try_from(side).ok()).filter(|&side| side > 0));
    match (width.zip(height), wanted) {
        (Some((width, height)), None) => Ok(InputSize::Fixed(Size { width, height })),
        (Some((width, height)), Some(InputSize::Fixed(wanted))) if wanted == (Size { width, height }) => {
            Ok(InputSize::Fixed(wanted))
        }
        (Some((width, height)), Some(InputSize::Fixed(wanted))) => {
            Err(format!("its input is {width}x{height}, not the `input_size` of {}x{}", wanted.width, wanted.height))
        }
        (Some((width, height)), Some(InputSize::Picture)) => {
            Err(format!("its input is {width}x{height}: it does not take pictures as they are"))
        }
        (None, Some(wanted)) => Ok(wanted),
        (None, None) => exported.map(InputSize::Fixed).ok_or_else(|| {
            "it leaves the size of its input open: add `input_size = [width, height]`, or \"picture\" to give every \
             picture at its own size"
                .to_owned()
        }),
    }
}

impl Companion {
    fn input(self, port: &Port, pictures: usize, size: Size) -> Input {
        let (width, height) = (i64::from(size.width), i64::from(size.height));
        let (rest, values): (Vec<usize>, Vec<i64>) = match self {
            Self::TargetSize => (vec![2], vec![width, height]),
            Self::InputShape => (vec![2], vec![height, width]),
            Self::ScaleFactor => (vec![2], vec![1, 1]),
            Self::Mask => {
                let side = |axis: usize, open: u32| port.shape.get(axis).copied().flatten().unwrap_or(open as usize);
                let (rows, columns) = (side(1, size.height), side(2, size.width));
                (vec![rows, columns], vec![1; rows * columns])
            }
        };
        let values = values.repeat(pictures);
        let shape = [vec![pictures], rest].concat();
        match port.element {
            Element::Float => {
                Input { shape, values: InputValues::Float(values.into_iter().map(|v| v as f32).collect()) }
            }
            Element::Byte => Input { shape, values: InputValues::Byte(values.into_iter().map(|v| v as u8).collect()) },
            Element::Integer | Element::Other(_) => Input { shape, values: InputValues::Integer(values) },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn port(name: &str, shape: &[Option<usize>], element: Element) -> Port {
        Port { name: name.to_owned(), shape: shape.to_vec(), element }
    }

    #[test]
    fn the_place_of_three_channels_tells_the_order() {
        let open = None;
        for (shape, order) in [
            (&[Some(1), Some(3), open, open][..], Order::Nchw),
            (&[Some(1), open, open, Some(3)], Order::Nhwc),
            (&[Some(3), Some(8), Some(9)], Order::Chw),
            (&[open, open, open, open], Order::Nchw),
        ] {
            assert_eq!(order_of(shape), Some(order));
        }
        assert_eq!(order_of(&[Some(1), Some(1), Some(8), Some(8)]), Some(Order::Nchw));
        assert_eq!(order_of(&[Some(1), Some(8), Some(8), Some(1)]), Some(Order::Nhwc));
        assert_eq!(order_of(&[Some(1), Some(4), Some(8), Some(8)]), None);
    }

    #[test]
    fn pictures_are_interleaved_as_bytes_beside_what_goes_with_them() {
        let ports = [
            port("image", &[None, Some(1), Some(2), Some(3)], Element::Byte),
            port("orig_target_sizes", &[None, Some(2)], Element::Integer),
        ];
        let inputs = Inputs::new(&ports, None, None, None).unwrap();
        let size = Size { width: 2, height: 1 };
        let given = inputs.of(vec![vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0], vec![0.0; 6]], size);
        assert_eq!(given[0].shape, [2, 1, 2, 3]);
        assert_eq!(given[0].values, InputValues::Byte(vec![1, 3, 5, 2, 4, 6, 0, 0, 0, 0, 0, 0]));
        assert_eq!(given[1], Input { shape: vec![2, 2], values: InputValues::Integer(vec![2, 1, 2, 1]) });
    }

    #[test]
    fn an_unknown_input_is_named() {
        let image = port("image", &[Some(1), Some(3), Some(8), Some(8)], Element::Float);
        let error =
            Inputs::new(&[image.clone(), port("mask", &[Some(1)], Element::Float)], None, None, None).unwrap_err();
        assert!(error.contains("`mask` (1)") && error.contains("`pixel_mask`"), "{error}");
        let half = Port { element: Element::Other("float16".to_owned()), ..image };
        assert!(Inputs::new(&[half], None, None, None).unwrap_err().contains("half=False"));
    }

    #[test]
    fn an_open_size_is_the_specs_or_the_one_the_file_tells() {
        let ports = [port("images", &[Some(1), Some(3), None, None], Element::Float)];
        let (told, wanted) = (Size { width: 320, height: 256 }, InputSize::Picture);
        let size = |wanted, told| Inputs::new(&ports, wanted, told, None).map(|inputs| inputs.size);
        assert_eq!(size(None, Some(told)), Ok(InputSize::Fixed(told)));
        assert_eq!(size(Some(wanted), Some(told)), Ok(wanted));
        assert!(size(None, None).unwrap_err().contains("add `input_size = [width, height]`"));
    }
}
