//! Several pictures in one call: answers taken apart again.

use super::engine::Tensor;
use super::inputs::Inputs;

/// The largest batch of a file that is filled: one picture is repeated to find out what the file answers.
const MOST: usize = 512;

/// How many pictures go into one call, given what the spec wants.
///
/// # Errors
/// The graph takes another number.
pub fn batch_size(inputs: &Inputs, wanted: usize) -> Result<usize, String> {
    match inputs.batch {
        None => Ok(wanted),
        Some(fixed) if fixed == 0 || fixed > MOST => Err(format!(
            "it takes {fixed} pictures at once; 1 to {MOST} can be given: export it with a free batch axis"
        )),
        Some(fixed) if wanted == 1 || wanted == fixed => Ok(fixed),
        Some(fixed) => {
            Err(format!("`batch = {wanted}`, but it takes {fixed} at once: export it with a free batch axis"))
        }
    }
}

/// The outputs of each of `pictures`, whose first axis is the picture's.
///
/// # Errors
/// An output, by its position, has no such axis.
pub fn split(outputs: Vec<Tensor>, pictures: usize) -> Result<Vec<Vec<Tensor>>, usize> {
    if pictures == 1 {
        return Ok(vec![outputs]);
    }
    if let Some(at) = outputs.iter().position(|output| output.shape.first() != Some(&pictures)) {
        return Err(at);
    }
    let part = |output: &Tensor, picture: usize| {
        let size = output.data.len() / pictures;
        let shape = [&[1], &output.shape[1..]].concat();
        Tensor { shape, data: output.data[picture * size..][..size].to_vec(), is_integer: output.is_integer }
    };
    Ok((0..pictures).map(|picture| outputs.iter().map(|output| part(output, picture)).collect()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_picture_gets_its_part_of_every_output() {
        let tensor =
            |shape: &[usize], data: &[f32]| Tensor { shape: shape.to_vec(), data: data.to_vec(), is_integer: false };
        let outputs = vec![tensor(&[2, 1, 2], &[1.0, 2.0, 3.0, 4.0]), tensor(&[2], &[5.0, 6.0])];
        let parts = split(outputs, 2).unwrap();
        assert_eq!(parts[1], vec![tensor(&[1, 1, 2], &[3.0, 4.0]), tensor(&[1], &[6.0])]);
        assert_eq!(split(vec![tensor(&[3, 4], &[0.0; 12])], 2), Err(0));
    }
}
