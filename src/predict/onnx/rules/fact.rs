//! What is known of a value of a graph before it is run.

use rten_onnx::onnx::{DataType, TensorProto, ValueInfoProto};

use super::tensor;

/// What is known of a value; a field is `None` where it is not.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Fact {
    /// The type of its elements.
    pub element: Option<DataType>,
    /// The size of each axis; `None` for an axis whose size is open.
    pub shape: Option<Vec<Option<usize>>>,
    /// The elements of a short list of whole numbers: sizes, axes, pads.
    pub whole: Option<Vec<Option<i64>>>,
    /// The elements of a short list of floats: scales.
    pub real: Option<Vec<f64>>,
}

/// The longest list whose elements are kept: beyond every list of sizes, axes or pads.
const LIST: usize = 64;

impl Fact {
    /// A value of which type and sizes are known.
    pub fn new(element: Option<DataType>, shape: Option<Vec<Option<usize>>>) -> Self {
        Self { element, shape, ..Self::default() }
    }

    /// A list of whole numbers.
    pub fn list(element: Option<DataType>, whole: Vec<Option<i64>>) -> Self {
        let shape = Some(vec![Some(whole.len())]);
        Self { whole: Some(whole).filter(|whole| whole.len() <= LIST), ..Self::new(element, shape) }
    }

    /// A constant.
    pub fn constant(tensor: &TensorProto) -> Self {
        let shape: Vec<Option<usize>> = tensor.dims.iter().map(|size| usize::try_from(*size).ok()).collect();
        let is_short = tensor.dims.len() < 2 && tensor.dims.first().is_none_or(|size| *size <= LIST as i64);
        // Weights are not looked at.
        let whole = is_short.then(|| tensor::whole(tensor)).flatten();
        let real = is_short.then(|| tensor::real(tensor)).flatten();
        Self {
            whole: whole.map(|whole| whole.into_iter().map(Some).collect()),
            real,
            ..Self::new(tensor.data_type, Some(shape))
        }
    }

    /// What a file says of a value. It is not always true: files are edited.
    pub fn declared(value: &ValueInfoProto) -> Self {
        let Some(tensor) = value.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref()) else {
            return Self::default();
        };
        let size = |size: Option<i64>| size.and_then(|size| usize::try_from(size).ok());
        let shape = tensor.shape.as_ref().map(|shape| shape.dim.iter().map(|dim| size(dim.dim_value)).collect());
        Self::new(tensor.elem_type.filter(|element| element.0 != 0), shape)
    }

    /// The number of axes.
    pub fn rank(&self) -> Option<usize> {
        self.shape.as_ref().map(Vec::len)
    }

    /// The whole numbers of a list of which all are known.
    pub fn numbers(&self) -> Option<Vec<i64>> {
        self.whole.as_ref()?.iter().copied().collect()
    }

    /// Whether it has one element; `None` where that is not known.
    pub fn is_single(&self) -> Option<bool> {
        let shape = self.shape.as_ref()?;
        if shape.iter().flatten().any(|size| *size != 1) {
            return Some(false);
        }
        shape.iter().all(Option::is_some).then_some(true)
    }

    /// The same, filled up with what `other` knows more.
    pub fn or(self, other: &Self) -> Self {
        let shape = match (self.shape, &other.shape) {
            (Some(own), Some(told)) if own.len() == told.len() => {
                Some(own.into_iter().zip(told).map(|(own, told)| own.or(*told)).collect())
            }
            (own, told) => own.or_else(|| told.clone()),
        };
        Self { element: self.element.or(other.element), shape, whole: self.whole, real: self.real }
    }
}
